//! Where a policy is enforced: firewalls and routers, and what hangs on their interfaces.

use segc_grammar::Span;
use segc_grammar::ast::{Name, Statement};

use super::{ClassSet, FlowId, ServiceSet, ZoneId};

/// A device: its index in the model, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub u32);

/// A box that packets cross, or the filter on each host of a zone.
#[derive(Clone)]
pub struct Device<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is declared.
    pub statement: &'a Statement<'a>,
    /// Its name there.
    pub name_span: Span,
    /// What sort of device it is.
    pub kind: DeviceKind<'a>,
    /// What hangs on it, in source order; none on hosts.
    pub interfaces: Vec<Interface<'a>>,
    /// The zone that its own addresses are, and where that is said.
    pub own: Option<(ZoneId, Span)>,
}

/// See [`Device::kind`].
#[derive(Clone, Copy, Debug)]
pub enum DeviceKind<'a> {
    /// It forwards, and filters nothing.
    Router,
    /// It filters what it forwards.
    Network {
        /// In which dialect.
        target: Name<'a>,
    },
    /// On every member of a zone; it filters what that host sends and receives.
    Host {
        /// In which dialect.
        target: Name<'a>,
        /// Of which zone, its children included.
        on: ZoneId,
    },
}

/// Connections that a firewall without state lets be opened because of an allow: whatever looks like a reply to it. From
/// its destinations to its sources.
#[derive(Clone, Debug)]
pub struct Hole {
    /// The allow.
    pub flow: FlowId,
    /// The firewall; `None` for the one that is taken for granted.
    pub device: Option<DeviceId>,
    /// From where.
    pub from: ClassSet,
    /// To where.
    pub to: ClassSet,
    /// On what.
    pub services: ServiceSet,
}

/// A door of a device.
#[derive(Clone)]
pub struct Interface<'a> {
    /// The device's name for it.
    pub name: &'a str,
    /// Its name in the policy.
    pub span: Span,
    /// What is behind it, sorted. A child is among them if it is named, though it would hang there anyway.
    pub zones: Vec<ZoneId>,
}

impl<'a> Device<'a> {
    /// The dialect of a firewall.
    pub fn target(&self) -> Option<Name<'a>> {
        match self.kind {
            DeviceKind::Router => None,
            DeviceKind::Network { target } | DeviceKind::Host { target, .. } => Some(target),
        }
    }

    /// Does it filter what it forwards?
    pub fn is_network_firewall(&self) -> bool {
        matches!(self.kind, DeviceKind::Network { .. })
    }

    /// For a host firewall, the zone whose members have it.
    pub fn on(&self) -> Option<ZoneId> {
        match self.kind {
            DeviceKind::Host { on, .. } => Some(on),
            _ => None,
        }
    }
}
