//! What a policy means: zones as sets of addresses, flows between them, and what must and must not be possible. Names
//! are resolved, groups and nesting are multiplied out; nothing here knows how it was written, but every part points
//! back to its statement.

mod addresses;
mod classes;
mod connections;
mod credentials;
mod dates;
mod devices;
mod flows;
mod invariants;
mod pairs;
mod services;
mod zones;

pub use addresses::{AddressSet, Bits, Families, Ranges};
pub use classes::ClassSet;
pub use connections::{Connections, Product};
pub use credentials::{Credential, CredentialId, Places};
pub use dates::Window;
pub use devices::{Device, DeviceId, DeviceKind, Hole, Interface};
pub use flows::{Assumed, Boxes, Flow, FlowId, Pulls, Side, Term, on_wire};
pub use invariants::{Control, Controls, Forbid, Require, Requirement, Subject, Test, Waiver};
pub use pairs::boxes;
pub use services::ServiceSet;
pub use zones::{Group, GroupId, Kind, NamedService, Process, Zone, ZoneId, Zones};

/// A policy, understood.
#[derive(Clone, Default)]
pub struct Model<'a> {
    /// Every zone, and `internet`.
    pub zones: Zones<'a>,
    /// Groups, sorted by name.
    pub groups: Vec<Group<'a>>,
    /// The policy's own services, sorted by name.
    pub services: Vec<NamedService<'a>>,
    /// Services that every policy has, sorted by name.
    pub prelude: Vec<(&'static str, ServiceSet)>,
    /// Secrets, sorted by name.
    pub credentials: Vec<Credential<'a>>,
    /// Allows, in source order.
    pub flows: Vec<Flow<'a>>,
    /// Forbids, in source order.
    pub forbids: Vec<Forbid<'a>>,
    /// Requires, in source order.
    pub requires: Vec<Require<'a>>,
    /// What every statement must carry, and the levels of checks.
    pub controls: Controls<'a>,
    /// Firewalls and routers, sorted by name. With no firewall among them, one that sees everything is taken for granted.
    pub devices: Vec<Device<'a>>,
    /// What firewalls without state let be opened beside the allows; see [`crate::place::holes`].
    pub holes: Vec<Hole>,
}

impl Model<'_> {
    /// Classes whose hosts have a firewall of their own.
    pub fn guarded(&self) -> ClassSet {
        let on = self.devices.iter().filter_map(Device::on);
        on.fold(ClassSet::default(), |all, zone| all.union(&self.zones.addressed(&self.zones.classes(zone))))
    }

    /// Is `isolated` said of the zone, and is there a firewall on each of its members that sees to it?
    pub fn is_sealed(&self, zone: ZoneId) -> bool {
        let isolated = self.zones[zone].flags.contains(&segc_grammar::ast::FlagKind::Isolated);
        isolated && self.zones.addressed(&self.zones.classes(zone)).within(&self.guarded())
    }
}

/// A statement up to its block: what is underlined. Blocks may be long, and what decides stands before them.
pub fn head(statement: &segc_grammar::ast::Statement<'_>) -> segc_grammar::Span {
    use segc_grammar::ast::StatementKind as Kind;
    let end = match &statement.kind {
        Kind::Allow { services, right, .. }
        | Kind::Forbid { services, right, .. }
        | Kind::Require { services, right, .. } => services.last().map_or(right.span.end, |s| s.span.end),
        Kind::Zone { name, parent } => parent.map_or(name.span.end, |p| p.span.end),
        Kind::Group { name, .. } | Kind::Service { name, .. } | Kind::Credential { name } => name.span.end,
        _ => statement.keyword.end,
    };
    segc_grammar::Span::new(statement.span.start, end)
}
