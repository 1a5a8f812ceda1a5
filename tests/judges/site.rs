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

/// Every address that is not behind one of the other interfaces of [`EDGE`].
const OUTSIDE: &str = "0.0.0.0/5,8.0.0.0/7,11.0.0.0/8,12.0.0.0/6,16.0.0.0/4,32.0.0.0/3,64.0.0.0/2,128.0.0.0/2,192.0.0.0/5, \
             200.0.0.0/7,202.0.0.0/8,203.0.0.0/18,203.0.64.0/19,203.0.96.0/20,203.0.112.0/24,203.0.114.0/23, \
             203.0.116.0/22,203.0.120.0/21,203.0.128.0/17,203.1.0.0/16,203.2.0.0/15,203.4.0.0/14,203.8.0.0/13, \
             203.16.0.0/12,203.32.0.0/11,203.64.0.0/10,203.128.0.0/9,204.0.0.0/6,208.0.0.0/4,224.0.0.0/3,::/3, \
             2000::/16,2001::/21,2001:800::/22,2001:c00::/24,2001:d00::/25,2001:d80::/27,2001:da0::/28, \
             2001:db0::/29,2001:db9::/32,2001:dba::/31,2001:dbc::/30,2001:dc0::/26,2001:e00::/23,2001:1000::/20, \
             2001:2000::/19,2001:4000::/18,2001:8000::/17,2002::/15,2004::/14,2008::/13,2010::/12,2020::/11, \
             2040::/10,2080::/9,2100::/8,2200::/7,2400::/6,2800::/5,3000::/4,4000::/2,8000::/1";

/// One of the interfaces leads to the internet; holes, groups, lists and ranges that are no prefix.
pub const EDGE: Site = Site {
    text: r#"
zone staff { hosts 2001:db8:20::/48, 10.20.0.0/16 except 10.20.9.0-10.20.9.77 }
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
        ("internet", OUTSIDE),
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
