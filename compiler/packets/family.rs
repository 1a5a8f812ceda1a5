//! IPv4 and IPv6 behind one face, so that every set is written once. Nothing here but conversions.

use std::net::IpAddr;

use segc_backends::rules::program::{self, Addresses, Entries, Value};

use crate::model::{AddressSet, Bits, Families, Ranges};

/// An address of one family, as a number.
pub trait Family: Bits + Send + Sync + 'static {
    /// Which.
    const VERSION: program::Family;
    /// The same, as the model says it.
    const FAMILIES: Families;
    /// The part of a set of the policy that is of this family.
    fn own(set: &AddressSet) -> &Ranges<Self>;
    /// A set of the policy that has these addresses.
    fn set(ranges: Ranges<Self>) -> AddressSet;
    /// The ranges of a program's set; `None` if it is of the other family.
    fn ranges(set: &Addresses) -> Option<Vec<(Self, Self)>>;
    /// The entries of a program's map; `None` if it is not by addresses of this family.
    fn entries(entries: &Entries) -> Option<Vec<(Self, Self, Value)>>;
    /// As people write it.
    fn address(self) -> IpAddr;
    /// The number of an address; `None` if it is of the other family.
    fn number(address: IpAddr) -> Option<Self>;
}

macro_rules! family {
    ($number:ty, $variant:ident, $own:ident, $version:expr) => {
        impl Family for $number {
            const VERSION: program::Family = $version;
            const FAMILIES: Families =
                Families { v4: matches!($version, program::Family::V4), v6: matches!($version, program::Family::V6) };

            fn own(set: &AddressSet) -> &Ranges<Self> {
                &set.$own
            }

            fn set(ranges: Ranges<Self>) -> AddressSet {
                AddressSet { $own: ranges, ..AddressSet::default() }
            }

            fn ranges(set: &Addresses) -> Option<Vec<(Self, Self)>> {
                match set {
                    Addresses::$variant(ranges) => {
                        Some(ranges.iter().map(|r| (r.0.to_bits(), r.1.to_bits())).collect())
                    }
                    _ => None,
                }
            }

            fn entries(entries: &Entries) -> Option<Vec<(Self, Self, Value)>> {
                match entries {
                    Entries::$variant(all) => Some(all.iter().map(|e| (e.0.to_bits(), e.1.to_bits(), e.2)).collect()),
                    _ => None,
                }
            }

            fn address(self) -> IpAddr {
                IpAddr::$variant(self.into())
            }

            fn number(address: IpAddr) -> Option<Self> {
                match address {
                    IpAddr::$variant(address) => Some(address.to_bits()),
                    _ => None,
                }
            }
        }
    };
}

family!(u32, V4, v4, program::Family::V4);
family!(u128, V6, v6, program::Family::V6);
