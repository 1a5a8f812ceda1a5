//! Which firewall carries which flow. Zones and devices form one graph; a flow is carried by every firewall on some
//! simple path between its ends. With no `firewall` statement one firewall sees everything.

mod blocks;
mod branches;
mod carried;
mod crossed;
mod holes;
mod routes;
mod topology;

pub use branches::Branches;
pub use carried::{Arrival, Carried, Placed, place};
pub use crossed::Crossed;
pub use holes::{holes, holes_of_one, lets_segments_pass};
pub use topology::{Node, Topology};
