//! The table of codes. Each has a page in `docs/errors/`, whose first line gives its title.

/// A code and its page.
pub struct Code {
    /// `SEGnnnn`
    pub code: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
}

impl Code {
    /// What its page's first line says.
    pub fn title(&self) -> &'static str {
        let first = self.page.lines().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, title)| title)
    }
}

/// The code of that name, in any case.
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|c| c.code.eq_ignore_ascii_case(name))
}

macro_rules! pages {
    ($($code:literal)*) => {
        /// Every code, sorted.
        pub const CODES: &[Code] = &[
            $(Code { code: $code, page: include_str!(concat!("../../docs/errors/", $code, ".md")) },)*
        ];
    };
}

pages! {
    "SEG0001" "SEG0002" "SEG0003" "SEG0004" "SEG0005" "SEG0006" "SEG0007" "SEG0008" "SEG0009" "SEG0010" "SEG0011"
    "SEG0012"
    "SEG0101" "SEG0102" "SEG0103" "SEG0104" "SEG0105" "SEG0106" "SEG0107" "SEG0108" "SEG0109" "SEG0110" "SEG0111"
    "SEG0112" "SEG0113" "SEG0114" "SEG0115" "SEG0116"
    "SEG0201" "SEG0202" "SEG0203" "SEG0204" "SEG0205" "SEG0206" "SEG0207" "SEG0208" "SEG0209" "SEG0210"
    "SEG0301" "SEG0302" "SEG0303" "SEG0304" "SEG0305" "SEG0306"
    "SEG0401" "SEG0402" "SEG0403" "SEG0404" "SEG0405"
    "SEG0501" "SEG0502" "SEG0503" "SEG0504" "SEG0505" "SEG0506"
    "SEG0601"
    "SEG0701" "SEG0702" "SEG0703"
    "SEG0801" "SEG0802" "SEG0803" "SEG0804" "SEG0805"
    "SEG0901" "SEG0902" "SEG0903" "SEG0904" "SEG0905" "SEG0906" "SEG0907" "SEG0908"
    "SEG1001" "SEG1002" "SEG1003" "SEG1004"
    "SEG1101" "SEG1102" "SEG1103" "SEG1104" "SEG1105" "SEG1106"
    "SEG1201" "SEG1202" "SEG1203" "SEG1204" "SEG1205" "SEG1206"
    "SEG1301" "SEG1302"
    "SEG1401" "SEG1402" "SEG1403"
    "SEG1501" "SEG1502" "SEG1503" "SEG1504" "SEG1505" "SEG1507" "SEG1508"
    "SEG1601" "SEG1602" "SEG1603" "SEG1604" "SEG1605" "SEG1606" "SEG1607" "SEG1608"
    "SEG1701" "SEG1702" "SEG1703" "SEG1704" "SEG1705"
    "SEG1801" "SEG1802" "SEG1803" "SEG1804" "SEG1805"
}
