//! The graph of one day, as far as connections on some services count.

use jiff::civil::Date;
use segc_grammar::ast::FlagKind;
use smallvec::SmallVec;

use super::index::Lists;
use crate::model::{
    ClassSet, Credential, CredentialId, DeviceId, Families, Flow, FlowId, Hole, Kind, Model, Places, Pulls, ServiceSet,
    Zone, ZoneId,
};

/// Places, and what makes a step from one to another.
pub struct Graph<'m> {
    /// The policy.
    pub model: &'m Model<'m>,
    /// Statements as steps. One that joins zones of different families is two nodes, or more.
    pub nodes: Vec<Node>,
    /// Nodes by source class.
    pub leaving: Lists,
    /// Nodes by destination class.
    pub entering: Lists,
    /// Nodes over which what comes back may compromise a source, by destination class.
    pub pulling: Lists,
    /// Children of each zone, its processes among them.
    pub children: Vec<Vec<u32>>,
    /// Zones whose members are kept apart, each on its own hosts.
    pub sealed: ClassSet,
    /// Zones that are reached but never left.
    pub barriers: ClassSet,
    /// Places where agents act on what they read; like the next two, with all that is in them.
    pub agentic: ClassSet,
    /// Where anybody can put content, `internet` among them.
    pub writable: ClassSet,
    /// Where anybody can start work.
    pub triggers: ClassSet,
    /// Processes that cannot leave their confinement.
    pub contained: ClassSet,
    /// Credentials by the classes that hold them, that they open, and that they publish to.
    pub holders: Lists,
    /// See `holders`.
    pub openers: Lists,
    /// See `holders`.
    pub publishers: Lists,
    /// Shared caches, by the classes on both ends: twice the number of [`Graph::shares`], and one more for the far end.
    pub sharers: Lists,
    /// Places that something else than a connection or a neighbour may compromise.
    pub otherwise: ClassSet,
    /// Who shares a cache with whom, and the zone that says so.
    pub shares: Vec<(ZoneId, ClassSet, ClassSet)>,
}

/// One statement, as far as it joins every source to every destination.
pub struct Node {
    /// The allow.
    pub flow: FlowId,
    /// Sources.
    pub from: ClassSet,
    /// Destinations.
    pub to: ClassSet,
    /// On what, as far as these families have it.
    pub services: ServiceSet,
    /// Its services count as steps, and let a captured credential in.
    pub counts: bool,
    /// It cannot be used to compromise the far end.
    pub inert: bool,
    /// Credentials without which nobody gets through.
    pub needs: SmallVec<[CredentialId; 1]>,
    /// What comes back is executed.
    pub code: bool,
    /// What comes back cannot carry compromise.
    pub vetted: bool,
    /// Not the allow itself, but what a firewall without state lets be opened because of it.
    pub hole: Option<Option<DeviceId>>,
}

impl Node {
    /// Is a compromise of a source, and what is needed, one of the destinations?
    pub fn steps(&self) -> bool {
        self.counts && !self.inert
    }
}

impl<'m> Graph<'m> {
    /// The graph on `day`; with `over`, only connections on those services are steps.
    pub fn new(model: &'m Model<'m>, day: Date, over: Option<&ServiceSet>) -> Self {
        let classes = model.zones.len();
        let agentic = flagged(model, FlagKind::Agentic);
        let mut nodes = Vec::new();
        for (i, flow) in model.flows.iter().enumerate().filter(|(_, flow)| flow.window.holds(day)) {
            add_nodes(model, (FlowId(i as u32), flow), (day, over), &agentic, &mut nodes);
        }
        for hole in model.holes.iter().filter(|hole| model.flows[hole.flow.0 as usize].window.holds(day)) {
            add_hole(model, hole, over, &mut nodes);
        }
        let numbered = |side: fn(&Node) -> &ClassSet| nodes.iter().enumerate().map(move |(i, n)| (i as u32, side(n)));
        let leaving = Lists::new(classes, numbered(|n| &n.from));
        let entering = Lists::new(classes, numbered(|n| &n.to));
        let pulls = |n: &Node| !n.vetted && (n.code || n.from.meets(&agentic));
        // Most policies have none, and there are many nodes and several graphs.
        let some = !agentic.is_empty() || model.flows.iter().any(|flow| flow.pulls == Some(Pulls::Code));
        let pullers: Vec<u32> = match some {
            true => (0..).zip(&nodes).filter(|(_, n)| pulls(n)).map(|(i, _)| i).collect(),
            false => Vec::new(),
        };
        let pulling = Lists::new(classes, pullers.iter().map(|&i| (i, &nodes[i as usize].to)));
        let mut children = vec![Vec::new(); classes];
        for (id, zone) in model.zones.iter().filter(|(_, zone)| !zone.is_domains()) {
            if let Some(parent) = zone.parent {
                children[parent.0 as usize].push(id.0);
            }
        }
        let having = |has: &dyn Fn(&Zone<'_>) -> bool| -> ClassSet {
            model.zones.iter().filter(|(_, zone)| has(zone)).map(|(id, _)| id.0).collect()
        };
        let barriers = having(&|z| z.barrier.is_some_and(|(_, window)| window.holds(day)));
        let sealed: ClassSet = match model.devices.iter().any(|device| device.on().is_some()) {
            true => model.zones.iter().map(|(id, _)| id).filter(|&id| model.is_sealed(id)).map(|id| id.0).collect(),
            false => ClassSet::default(),
        };
        let contained = having(&|z| match &z.kind {
            Kind::Process(process) => process.contained.is_some_and(|a| a.window.holds(day)),
            _ => false,
        });
        let credentials = |places: for<'c> fn(&'c Credential<'m>) -> &'c Places| -> Lists {
            let sets =
                model.credentials.iter().map(|c| places(c).as_ref().map_or(ClassSet::default(), |p| p.1.clone()));
            let sets: Vec<ClassSet> = sets.collect();
            Lists::new(classes, (0..).zip(&sets))
        };
        let holders = credentials(|c| &c.held);
        let (openers, publishers) = (credentials(|c| &c.opens), credentials(|c| &c.publishes));
        let shares: Vec<(ZoneId, ClassSet, ClassSet)> = model
            .zones
            .iter()
            .filter_map(|(id, zone)| {
                Some((id, model.zones.addressed(&model.zones.classes(id)), zone.shares.as_ref()?.1.clone()))
            })
            .collect();
        let ends: Vec<(u32, &ClassSet)> =
            (0..).step_by(2).zip(&shares).flat_map(|(i, s)| [(i, &s.1), (i + 1, &s.2)]).collect();
        let sharers = Lists::new(classes, ends.iter().copied());
        let processes = model.zones.processes();
        let mut otherwise = triggers(model).union(processes);
        let hosts = processes.iter().filter_map(|p| Some(model.zones[ZoneId(p)].parent?.0)).collect();
        otherwise = otherwise.union(&hosts);
        let opened = model.credentials.iter().filter_map(|c| Some(&c.opens.as_ref()?.1));
        let shared = shares.iter().flat_map(|s| [&s.1, &s.2]);
        let all: Vec<ClassSet> = pullers.iter().map(|&i| puller(&nodes[i as usize], &agentic)).collect();
        let runs = opened.chain(shared).chain(&all).flat_map(|set| set.runs().to_vec()).collect();
        let otherwise = otherwise.union(&ClassSet::new(runs));
        let internet = model.zones.internet().0;
        let writable = flagged(model, FlagKind::PublicWritable).union(&ClassSet::run(internet, internet + 1));
        let triggers = triggers(model);
        Self {
            model,
            nodes,
            leaving,
            entering,
            pulling,
            children,
            sealed,
            barriers,
            agentic,
            writable,
            triggers,
            contained,
            holders,
            openers,
            publishers,
            sharers,
            otherwise,
            shares,
        }
    }

    /// The nodes that one more flow would add, if it is live on `day`; `over` as for [`Graph::new`].
    pub fn nodes_of(&self, flow: &Flow<'_>, day: Date, over: Option<&ServiceSet>) -> Vec<Node> {
        let mut nodes = Vec::new();
        if flow.window.holds(day) {
            let id = FlowId(self.model.flows.len() as u32);
            add_nodes(self.model, (id, flow), (day, over), &self.agentic, &mut nodes);
        }
        nodes
    }

    /// Are connections, and steps between a zone and its children, the only ones?
    pub fn is_plain(&self) -> bool {
        let model = self.model;
        let pulls = !self.pulling.is_empty();
        model.credentials.is_empty()
            && self.shares.is_empty()
            && model.zones.processes().is_empty()
            && self.triggers.is_empty()
            && !pulls
    }

    /// Zones next to a zone: its parent and its children. Compromise spreads there unless the hosts
    /// themselves keep the members of the zone that holds both apart. Processes are next to nothing: see [`Graph::host`].
    pub fn neighbours(&self, zone: u32) -> impl Iterator<Item = u32> + '_ {
        let none = self.is_process(zone) || self.model.zones[ZoneId(zone)].is_domains();
        let parent = self.model.zones[ZoneId(zone)].parent.filter(|_| !none).map(|p| p.0);
        let parent = parent.filter(|&parent| !self.sealed.contains(parent));
        let apart = self.sealed.contains(zone);
        let children =
            self.children[zone as usize].iter().copied().filter(move |&child| !apart && !self.is_process(child));
        parent.into_iter().chain(children)
    }

    /// The zone on whose hosts a process runs.
    pub fn host(&self, process: u32) -> Option<u32> {
        let zone = &self.model.zones[ZoneId(process)];
        zone.parent.filter(|_| zone.is_process()).map(|host| host.0)
    }

    /// The processes on a zone's hosts.
    pub fn processes(&self, zone: u32) -> impl Iterator<Item = u32> + '_ {
        self.children[zone as usize].iter().copied().filter(|&child| self.is_process(child))
    }

    fn is_process(&self, zone: u32) -> bool {
        self.model.zones.processes().contains(zone)
    }

    /// Nodes that leave a zone.
    pub fn out_of(&self, zone: u32) -> impl Iterator<Item = u32> + '_ {
        let wide = self.leaving.wide.iter().filter(move |&&n| self.nodes[n as usize].from.contains(zone));
        self.leaving.narrow(zone).iter().chain(wide).copied()
    }

    /// Nodes that enter a zone.
    pub fn into(&self, zone: u32) -> impl Iterator<Item = u32> + '_ {
        let wide = self.entering.wide.iter().filter(move |&&n| self.nodes[n as usize].to.contains(zone));
        self.entering.narrow(zone).iter().chain(wide).copied()
    }

    /// Credentials that open a place.
    pub fn opening(&self, place: u32) -> impl Iterator<Item = CredentialId> + '_ {
        let opens = move |c: &&u32| has(&self.model.credentials[**c as usize].opens, place);
        self.openers.narrow(place).iter().chain(self.openers.wide.iter().filter(opens)).map(|&c| CredentialId(c))
    }

    /// Credentials that publish to a place.
    pub fn publishing(&self, place: u32) -> impl Iterator<Item = CredentialId> + '_ {
        let publishes = move |c: &&u32| has(&self.model.credentials[**c as usize].publishes, place);
        let wide = self.publishers.wide.iter().filter(publishes);
        self.publishers.narrow(place).iter().chain(wide).map(|&c| CredentialId(c))
    }

    /// May a compromise of the zone go on from there? `starts` may whatever they are; `internet` is a place to start
    /// from and to arrive at, never one to pass through.
    pub fn goes_on(&self, zone: u32, starts: &ClassSet, barriers: &ClassSet) -> bool {
        let blocked = zone == self.model.zones.internet().0 || barriers.contains(zone);
        !blocked || starts.contains(zone)
    }

    /// Does what comes back over a node to one of its destinations compromise this source, if it is tainted?
    pub fn swallows(&self, node: &Node, source: u32) -> bool {
        !node.vetted && (node.code || self.agentic.contains(source))
    }
}

fn has(places: &Places, place: u32) -> bool {
    places.as_ref().is_some_and(|(_, set)| set.contains(place))
}

fn triggers(model: &Model<'_>) -> ClassSet {
    flagged(model, FlagKind::PublicTrigger)
}

/// The sources of a node that what comes back may compromise.
fn puller(node: &Node, agentic: &ClassSet) -> ClassSet {
    if node.code { node.from.clone() } else { node.from.intersection(agentic) }
}

/// Zones with a flag, and all that is in them: what is on a host is on every host of its kind.
pub fn flagged(model: &Model<'_>, flag: FlagKind) -> ClassSet {
    let set = model.zones.iter().filter(|(_, zone)| zone.flags.contains(&flag));
    set.fold(ClassSet::default(), |all, (id, _)| {
        // A process is a place of its own: what its zone is told to do, it need not.
        let inner = model.zones.classes(id);
        let inner = if model.zones[id].is_process() { inner } else { inner.difference(model.zones.processes()) };
        all.union(&inner)
    })
}

/// A live flow as nodes, as far as it counts or what comes back over it may compromise a source.
fn add_nodes(
    model: &Model<'_>,
    (id, flow): (FlowId, &Flow<'_>),
    (day, over): (Date, Option<&ServiceSet>),
    agentic: &ClassSet,
    nodes: &mut Vec<Node>,
) {
    let node = Node {
        flow: id,
        from: ClassSet::default(),
        to: ClassSet::default(),
        services: ServiceSet::default(),
        counts: over.is_none_or(|over| over.meets(&flow.services)),
        inert: flow.inert.is_some_and(|a| a.window.holds(day)),
        needs: flow.needs.clone(),
        code: flow.pulls == Some(Pulls::Code),
        vetted: flow.vetted.is_some_and(|a| a.window.holds(day)),
        hole: None,
    };
    for (from, to) in &flow.boxes {
        let (from, to) = (model.zones.inhabited(from), model.zones.inhabited(to));
        if node.counts || !node.vetted && (node.code || from.meets(agentic)) {
            split(model, &flow.services, over, &node, (&from, &to), nodes);
        }
    }
}

/// What looks like a reply, as nodes: nothing is needed for it, and nothing comes back.
fn add_hole(model: &Model<'_>, hole: &Hole, over: Option<&ServiceSet>, nodes: &mut Vec<Node>) {
    let node = Node {
        flow: hole.flow,
        from: ClassSet::default(),
        to: ClassSet::default(),
        services: ServiceSet::default(),
        counts: over.is_none_or(|over| over.meets(&hole.services)),
        inert: false,
        needs: SmallVec::new(),
        code: false,
        vetted: true,
        hole: Some(hole.device),
    };
    if node.counts {
        let (from, to) = (model.zones.inhabited(&hole.from), model.zones.inhabited(&hole.to));
        split(model, &hole.services, over, &node, (&from, &to), nodes);
    }
}

/// One product as nodes: one where every end has the same families, else one per family.
fn split(
    model: &Model<'_>,
    services: &ServiceSet,
    over: Option<&ServiceSet>,
    like: &Node,
    (from, to): (&ClassSet, &ClassSet),
    nodes: &mut Vec<Node>,
) {
    let mut put = |from: ClassSet, to: ClassSet, services: ServiceSet| {
        if !from.is_empty() && !to.is_empty() && !services.is_empty() {
            let counts = over.is_none_or(|over| over.meets(&services));
            nodes.push(Node { from, to, services, counts, needs: like.needs.clone(), ..*like });
        }
    };
    let shared = model.zones.families(from).and(model.zones.families(to));
    if model.zones.all_have(from, shared) && model.zones.all_have(to, shared) {
        if !shared.is_none() {
            put(from.clone(), to.clone(), services.only(shared));
        }
        return;
    }
    for family in [Families { v4: true, v6: false }, Families { v4: false, v6: true }] {
        let with = |set: &ClassSet| -> ClassSet { set.iter().filter(|&c| model.zones.has(c, family)).collect() };
        put(with(from), with(to), services.only(family));
    }
}
