//! Which pairs of classes a statement speaks of. Lists multiply out, but a zone paired with itself counts only where
//! the statement is written `z -> z`; `except` takes addresses away, never names.

use smallvec::{SmallVec, smallvec};

use super::{ClassSet, Side, ZoneId, Zones};

/// The pairs as products of classes: a pair (s, t) is in one of them if some name on the left that holds s and some
/// *other* name on the right that holds t are there. `own` says that the statement is written `z -> z`.
///
/// A pair is left out only where one single name holds s on the left, the same one alone holds t on the right, and
/// it is not `own`. So the products are: everything but those; and, for each such name, its part against the rest.
pub fn boxes(zones: &Zones<'_>, left: &Side, right: &Side, own: bool) -> SmallVec<[(ClassSet, ClassSet); 1]> {
    let shared = left.names.intersection(&right.names);
    if own || shared.is_empty() {
        return keep(smallvec![(left.classes.clone(), right.classes.clone())]);
    }
    let mut out: SmallVec<[(ClassSet, ClassSet); 1]> = SmallVec::new();
    let mut rest = left.classes.clone();
    for name in shared.iter().map(ZoneId) {
        let from = alone(zones, left, name);
        let to = alone(zones, right, name);
        if from.is_empty() || to.is_empty() {
            continue;
        }
        out.push((from.clone(), right.classes.difference(&to)));
        rest = rest.difference(&from);
    }
    out.push((rest, right.classes.clone()));
    keep(out)
}

fn keep(mut boxes: SmallVec<[(ClassSet, ClassSet); 1]>) -> SmallVec<[(ClassSet, ClassSet); 1]> {
    boxes.retain(|(a, b)| !a.is_empty() && !b.is_empty());
    boxes
}

/// Classes of a side that are in it through `name` alone.
fn alone(zones: &Zones<'_>, side: &Side, name: ZoneId) -> ClassSet {
    if zones.ancestry(name).skip(1).any(|above| side.names.contains(above.0)) {
        return ClassSet::default();
    }
    let inner = ClassSet::run(name.0 + 1, zones[name].end.0).intersection(&side.names);
    let named_inside = inner.iter().fold(ClassSet::default(), |set, z| set.union(&zones.classes(ZoneId(z))));
    zones.classes(name).difference(&named_inside).intersection(&side.classes)
}
