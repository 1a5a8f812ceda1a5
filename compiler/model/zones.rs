//! Zones, groups and named services.

use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::{Assumption, FlagKind, Statement, Text, User};

use super::{AddressSet, Assumed, ClassSet, Families, ServiceSet, Window};

/// A zone: the number of its own class. Zones are numbered by name, children and processes after their parent,
/// `internet` after all of them, and zones of names, which lie in it, last; so numbers do not depend on the order of
/// statements, and a zone and its descendants are `id..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneId(pub u32);

/// A group: its number, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// What sort of place a zone is.
#[derive(Clone)]
pub enum Kind<'a> {
    /// It has addresses.
    Hosts,
    /// `internet`
    Internet,
    /// Known by name only: `domains`. It lies in `internet`.
    Domains(&'a [Text<'a>]),
    /// `zone.process`: what one user's processes on the hosts of its parent send.
    Process(Process<'a>),
}

/// See [`Kind::Process`].
#[derive(Clone)]
pub struct Process<'a> {
    /// Whose.
    pub user: Option<&'a User<'a>>,
    /// In which control group.
    pub cgroup: Option<&'a str>,
    /// It cannot leave its confinement.
    pub contained: Option<Assumed<'a>>,
}

/// A place on the reachability graph.
#[derive(Clone)]
pub struct Zone<'a> {
    /// Its name.
    pub name: &'a str,
    /// What sort of place it is.
    pub kind: Kind<'a>,
    /// Where it is declared, for a process its zone's statement; `None` for `internet`.
    pub statement: Option<&'a Statement<'a>>,
    /// Its name there.
    pub name_span: Span,
    /// The zone it is declared in.
    pub parent: Option<ZoneId>,
    /// One past its last descendant.
    pub end: ZoneId,
    /// All its addresses, its children's among them.
    pub hosts: AddressSet,
    /// Its addresses that are in none of its children.
    pub own: AddressSet,
    /// Its flags.
    pub flags: Vec<FlagKind>,
    /// `barrier`, and when it holds.
    pub barrier: Option<(&'a Assumption<'a>, Window)>,
    /// `shares cache with`: its place, and with which classes.
    pub shares: Option<(Span, ClassSet)>,
}

impl Zone<'_> {
    /// Is it `zone.process`?
    pub fn is_process(&self) -> bool {
        matches!(self.kind, Kind::Process(_))
    }

    /// Is it known by name only?
    pub fn is_domains(&self) -> bool {
        matches!(self.kind, Kind::Domains(_))
    }
}

/// Every zone, and `internet`, the last.
#[derive(Clone, Default)]
pub struct Zones<'a> {
    all: Vec<Zone<'a>>,
    by_name: FxHashMap<&'a str, ZoneId>,
    /// How many of the first n classes have IPv4, IPv6, and any addresses of their own. A process has those of its
    /// zone, and a name may lead to either family.
    counts: Vec<(u32, u32, u32)>,
    internet: u32,
    /// Classes of processes.
    processes: ClassSet,
    /// Classes of zones of names.
    domains: ClassSet,
}

/// Several zones under one name.
#[derive(Clone)]
pub struct Group<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is declared.
    pub statement: &'a Statement<'a>,
    /// Its name there.
    pub name_span: Span,
    /// Its members, groups multiplied out; sorted.
    pub zones: Vec<ZoneId>,
}

/// A service of the policy's own.
#[derive(Clone)]
pub struct NamedService<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is declared.
    pub statement: &'a Statement<'a>,
    /// Its name there.
    pub name_span: Span,
    /// What it is.
    pub set: ServiceSet,
}

impl<'a> Zones<'a> {
    /// `all` in the order that [`ZoneId`] describes.
    pub fn new(all: Vec<Zone<'a>>) -> Self {
        let by_name = all.iter().enumerate().map(|(i, z)| (z.name, ZoneId(i as u32))).collect();
        let having = |is: fn(&Zone<'_>) -> bool| (0..).zip(&all).filter(|(_, z)| is(z)).map(|(i, _)| i).collect();
        let (processes, domains) = (having(|z| z.is_process()), having(|z| z.is_domains()));
        let internet = all.iter().position(|z| matches!(z.kind, Kind::Internet)).unwrap_or(0) as u32;
        let mut zones = Self { all, by_name, counts: Vec::new(), internet, processes, domains };
        zones.count_families();
        zones
    }

    /// Sets what is in no child, and `internet`, once addresses are known.
    pub fn set_own(&mut self, own: Vec<AddressSet>) {
        for (zone, own) in self.all.iter_mut().zip(own) {
            zone.own = own;
        }
        self.count_families();
    }

    fn count_families(&mut self) {
        let mut sum = (0, 0, 0);
        self.counts = vec![sum];
        for zone in &self.all {
            let families = self.families_of(zone);
            sum.0 += u32::from(families.v4);
            sum.1 += u32::from(families.v6);
            sum.2 += u32::from(!families.is_none());
            self.counts.push(sum);
        }
    }

    fn families_of(&self, zone: &Zone<'a>) -> Families {
        match (&zone.kind, zone.parent) {
            (Kind::Domains(_), _) => Families::BOTH,
            (Kind::Process(_), Some(host)) => self[host].hosts.families(),
            _ => zone.own.families(),
        }
    }

    /// How many, `internet` included.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Each zone, in order.
    pub fn iter(&self) -> impl Iterator<Item = (ZoneId, &Zone<'a>)> {
        self.all.iter().enumerate().map(|(i, z)| (ZoneId(i as u32), z))
    }

    /// Zones with a statement of their own: without `internet` and processes.
    pub fn declared(&self) -> impl Iterator<Item = (ZoneId, &Zone<'a>)> {
        self.iter().filter(|(_, z)| matches!(z.kind, Kind::Hosts | Kind::Domains(_)))
    }

    /// The zone of that name.
    pub fn find(&self, name: &str) -> Option<ZoneId> {
        self.by_name.get(name).copied()
    }

    /// `internet`.
    pub fn internet(&self) -> ZoneId {
        ZoneId(self.internet)
    }

    /// A zone's class and those of its descendants.
    pub fn classes(&self, zone: ZoneId) -> ClassSet {
        ClassSet::run(zone.0, self[zone].end.0)
    }

    /// Classes of processes.
    pub fn processes(&self) -> &ClassSet {
        &self.processes
    }

    /// Classes of zones that are known by name only.
    pub fn domains(&self) -> &ClassSet {
        &self.domains
    }

    /// Classes that packets have addresses of: without processes and names.
    pub fn addressed(&self, classes: &ClassSet) -> ClassSet {
        if self.processes.is_empty() && self.domains.is_empty() {
            return classes.clone();
        }
        classes.difference(&self.processes).difference(&self.domains)
    }

    /// The classes of the hosts that a process runs on: those of its zone.
    pub fn hosts_of(&self, process: ZoneId) -> ClassSet {
        self[process].parent.map_or_else(ClassSet::default, |host| self.addressed(&self.classes(host)))
    }

    /// All classes.
    pub fn any(&self) -> ClassSet {
        ClassSet::run(0, self.all.len() as u32)
    }

    /// Families in which some class of the set has addresses.
    pub fn families(&self, classes: &ClassSet) -> Families {
        classes.runs().iter().fold(Families::default(), |found, &(start, end)| {
            let (a, b) = (self.counts[start as usize], self.counts[end as usize]);
            found.or(Families { v4: b.0 > a.0, v6: b.1 > a.1 })
        })
    }

    /// Has every class of the set, that has addresses at all, addresses of all of `families`?
    pub fn all_have(&self, classes: &ClassSet, families: Families) -> bool {
        classes.runs().iter().all(|&(start, end)| {
            let (a, b) = (self.counts[start as usize], self.counts[end as usize]);
            let (v4, v6, any) = (b.0 - a.0, b.1 - a.1, b.2 - a.2);
            (!families.v4 || v4 == any) && (!families.v6 || v6 == any)
        })
    }

    /// The classes of a set that have addresses: a parent that its children fill has none of its own, and no packet
    /// comes from it or goes to it.
    pub fn inhabited(&self, classes: &ClassSet) -> ClassSet {
        let holds = classes.runs().iter().map(|&(a, b)| self.counts[b as usize].2 - self.counts[a as usize].2);
        if holds.sum::<u32>() as usize == classes.len() {
            return classes.clone();
        }
        let has = |c: u32| self.counts[c as usize + 1].2 > self.counts[c as usize].2;
        classes.iter().filter(|&c| has(c)).collect()
    }

    /// Has the class addresses of one of `families`?
    pub fn has(&self, class: u32, families: Families) -> bool {
        !self.families(&ClassSet::run(class, class + 1)).and(families).is_none()
    }

    /// `zone` and the zones it is in, innermost first.
    pub fn ancestry(&self, zone: ZoneId) -> impl Iterator<Item = ZoneId> + '_ {
        std::iter::successors(Some(zone), |&z| self[z].parent)
    }
}

impl<'a> std::ops::Index<ZoneId> for Zones<'a> {
    type Output = Zone<'a>;
    fn index(&self, zone: ZoneId) -> &Zone<'a> {
        &self.all[zone.0 as usize]
    }
}

impl<'a> std::ops::IndexMut<ZoneId> for Zones<'a> {
    fn index_mut(&mut self, zone: ZoneId) -> &mut Zone<'a> {
        &mut self.all[zone.0 as usize]
    }
}
