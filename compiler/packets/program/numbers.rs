//! The number that travels with a packet, as a function of its destination: known, unknown, or of no packet at all.

use rustc_hash::FxHashMap;

use crate::packets::cells::Runs;

/// What is known of the number of the packets to one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Number {
    /// No packet gets here.
    Nobody,
    /// It is this one.
    Known(u32),
    /// It may be any.
    Unknown,
}

impl Number {
    /// Of packets that are of one kind or of the other.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nobody, x) | (x, Self::Nobody) => x,
            (x, y) if x == y => x,
            _ => Self::Unknown,
        }
    }
}

/// A function from cell to number, by its index in [`Numbers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State(pub u32);

impl State {
    /// When a packet comes in.
    pub const UNKNOWN: Self = Self(0);
    /// Where no packet comes.
    pub const NOBODY: Self = Self(1);
}

/// A piecewise constant function: from that cell on, up to the next piece. Starts at 0; neighbours differ.
pub type Pieces = Vec<(u32, Number)>;

/// One state, prepared for being asked.
pub struct Entry {
    pieces: Pieces,
    /// Where the number is unknown.
    pub unknown: Runs,
    /// Numbers, and a run where they are; sorted.
    pub known: Vec<(u32, u32, u32)>,
}

/// Every state in use, each once.
pub struct Numbers {
    cells: u32,
    all: Vec<Entry>,
    index: FxHashMap<Pieces, State>,
}

impl Numbers {
    /// For functions of so many cells.
    pub fn new(cells: u32) -> Self {
        let mut new = Self { cells, all: Vec::new(), index: FxHashMap::default() };
        new.intern(vec![(0, Number::Unknown)]);
        new.intern(vec![(0, Number::Nobody)]);
        new
    }

    /// A state.
    pub fn get(&self, state: State) -> &Entry {
        &self.all[state.0 as usize]
    }

    fn intern(&mut self, pieces: Pieces) -> State {
        if let Some(&known) = self.index.get(&pieces) {
            return known;
        }
        let (mut unknown, mut known) = (Runs::new(), Vec::new());
        for (at, &(start, number)) in pieces.iter().enumerate() {
            let end = pieces.get(at + 1).map_or(self.cells, |next| next.0);
            match number {
                Number::Unknown => unknown.push((start, end)),
                Number::Known(number) => known.push((number, start, end)),
                Number::Nobody => {}
            }
        }
        known.sort_unstable();
        let state = State(self.all.len() as u32);
        self.all.push(Entry { pieces: pieces.clone(), unknown, known });
        self.index.insert(pieces, state);
        state
    }

    /// Cell by cell what `f` makes of two states.
    pub fn zip(&mut self, a: State, b: State, f: impl Fn(Number, Number) -> Number) -> State {
        let (left, right) = (&self.get(a).pieces, &self.get(b).pieces);
        let (mut i, mut j, mut out) = (0, 0, Pieces::new());
        let mut from = 0;
        loop {
            let number = f(left[i].1, right[j].1);
            if out.last().is_none_or(|last| last.1 != number) {
                out.push((from, number));
            }
            let ends = [left.get(i + 1), right.get(j + 1)].map(|piece| piece.map(|p| p.0));
            let Some(next) = ends.into_iter().flatten().min() else { break };
            i += usize::from(ends[0] == Some(next));
            j += usize::from(ends[1] == Some(next));
            from = next;
        }
        self.intern(out)
    }

    /// A state that is `number` on the runs and [`Number::Nobody`] elsewhere.
    pub fn on(&mut self, runs: &[(u32, u32, Number)]) -> State {
        let mut pieces: Pieces = vec![(0, Number::Nobody)];
        for &(start, end, number) in runs {
            for (at, number) in [(start, number), (end, Number::Nobody)] {
                if pieces.last().is_some_and(|last| last.0 == at) {
                    pieces.pop();
                }
                if at < self.cells && pieces.last().is_none_or(|last| last.1 != number) {
                    pieces.push((at, number));
                }
            }
        }
        self.intern(pieces)
    }

    /// `state` where the runs are, and [`Number::Nobody`] elsewhere.
    pub fn keep(&mut self, state: State, runs: &Runs) -> State {
        let mask: Vec<_> = runs.iter().map(|run| (run.0, run.1, Number::Unknown)).collect();
        let mask = self.on(&mask);
        self.zip(state, mask, |number, mask| if mask == Number::Nobody { mask } else { number })
    }

    /// `state`, with no packets left where the runs are.
    pub fn leave(&mut self, state: State, runs: &Runs) -> State {
        let mask: Vec<_> = runs.iter().map(|run| (run.0, run.1, Number::Unknown)).collect();
        let mask = self.on(&mask);
        self.zip(state, mask, |number, mask| if mask == Number::Nobody { number } else { Number::Nobody })
    }

    /// Packets of either state.
    pub fn or(&mut self, a: State, b: State) -> State {
        if a == b { a } else { self.zip(a, b, Number::or) }
    }

    /// Where a number in one of the sorted intervals is known to be.
    pub fn find(&self, state: State, intervals: &[(u32, u32)]) -> Runs {
        let known = &self.get(state).known;
        let mut runs = Runs::new();
        for &(low, high) in intervals {
            let first = known.partition_point(|k| k.0 < low);
            runs.extend(known[first..].iter().take_while(|k| k.0 <= high).map(|k| (k.1, k.2)));
        }
        normal(runs)
    }
}

/// The same cells as sorted runs that do not touch.
pub fn normal(mut runs: Runs) -> Runs {
    runs.sort_unstable();
    runs.dedup_by(|next, last| {
        let touch = next.0 <= last.1;
        last.1 = if touch { last.1.max(next.1) } else { last.1 };
        touch
    });
    runs
}

/// The cells in both.
pub fn meet(a: &Runs, b: &Runs) -> Runs {
    let (mut i, mut j, mut out) = (0, 0, Runs::new());
    while i < a.len() && j < b.len() {
        let (start, end) = (a[i].0.max(b[j].0), a[i].1.min(b[j].1));
        if start < end {
            out.push((start, end));
        }
        if a[i].1 < b[j].1 { i += 1 } else { j += 1 }
    }
    out
}
