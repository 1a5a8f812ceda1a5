//! The policies that are judged: one firewall, an interface for each zone at the top.

use segc::model::Model;

/// A policy without its firewall, and what hangs on it.
pub struct Site {
    /// Zones, services, allows.
    pub text: &'static str,
    /// The zone behind each interface, and networks for the judge: wider than the zone and disjoint, so that what is
    /// too wide is seen.
    pub links: &'static [(&'static str, &'static str)],
}

/// Five zones, of which two have IPv6; two share the link of a third.
pub const PLAIN: Site = Site {
    text: r#"
zone lab    { hosts 10.60.0.0/16, 2001:db8:60::/48 }
zone shared { hosts 10.70.0.0/24, 2001:db8:70::/64 }
zone cache in shared { hosts 10.70.0.10, 2001:db8:70::10 }
zone names in shared { hosts 10.70.0.53 }
zone gpu    { hosts 10.80.0.0/16  is gpu }
zone train  { hosts 10.81.0.0/24 }
zone vault  { hosts 10.90.0.0/16  is critical }
service inference = tcp/8000-8100
allow lab -> cache : https { reason "packages come through the cache"  owner "platform" }
allow lab -> names : dns { reason "names are looked up here"  owner "platform" }
allow train -> gpu : ssh, inference { reason "training"  owner "research" }
"#,
    links: &[
        ("lab", "10.56.0.0/13,2001:db8:60::/44"),
        ("shared", "10.64.0.0/13,2001:db8:70::/44"),
        ("gpu", "10.72.0.0/13,10.80.0.0/16,2001:db8:80::/48"),
        ("train", "10.81.0.0/16,2001:db8:81::/48"),
        ("vault", "10.88.0.0/13,2001:db8:90::/44"),
    ],
};

/// One of the interfaces leads to the internet; holes, groups, lists and ranges that are no prefix.
pub const EDGE: Site = Site {
    text: r#"
zone staff { hosts 10.20.0.0/16 except 10.20.9.0-10.20.9.77, 2001:db8:20::/48 }
zone wing in staff { hosts 10.20.1.0/24, 2001:db8:20:1::/64 }
zone web { hosts 203.0.113.0/28, 2001:db8:30::/64 }
zone data { hosts 10.40.0.5-10.40.0.77  is critical }
group inner = staff, data
allow staff except wing -> internet : https, udp/443 { reason "the web"  owner "it" }
allow wing -> web : tcp/8000-8099, tcp/8443 { reason "tests"  owner "it" }
allow internet -> web : http, https { reason "the shop"  owner "shop" }
allow web -> data : postgres { reason "orders"  owner "shop" }
allow inner -> web : ssh { reason "administration"  owner "it" }
"#,
    links: &[
        ("internet", "9.0.0.0/8,45.60.0.0/16,2a00:1450::/32"),
        ("staff", "10.16.0.0/13,2001:db8:20::/44"),
        ("web", "203.0.113.0/24,2001:db8:30::/44"),
        ("data", "10.40.0.0/13,2001:db8:40::/48"),
    ],
};

impl Site {
    /// With a firewall of the target, whose interfaces are called so.
    pub fn policy(&self, target: &str, interface: fn(usize, &str) -> String) -> String {
        let doors = self.links.iter().enumerate();
        let doors: String =
            doors.map(|(at, (zone, _))| format!("  interface {} : {zone}\n", interface(at, zone))).collect();
        format!("{}firewall core {{\n  target {target}\n{doors}}}\n", self.text)
    }

    /// The link on which a class hangs.
    pub fn link(&self, model: &Model<'_>, class: u32) -> &'static str {
        let hangs = |link: &&(&str, &str)| {
            let zone = model.zones.find(link.0).expect("a zone of the site");
            model.zones.classes(zone).contains(class)
        };
        self.links.iter().find(hangs).expect("everything hangs somewhere").0
    }
}
