//! A folder that `segc build` wrote, compared with its manifest: byte for byte, or nothing is put in force.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::load;
use crate::diagnostics::{Diagnostic, apply as say, input};

/// No file may be larger, in bytes: what `build` writes for 10,000 zones is a tenth of it.
const MOST_BYTES: u64 = 512 << 20;

#[derive(Deserialize)]
struct Manifest {
    format: u32,
    version: String,
    firewalls: Vec<Firewall>,
}

#[derive(Deserialize)]
struct Firewall {
    name: String,
    target: String,
    #[serde(default)]
    proved: bool,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    sha256: String,
}

/// The files of one firewall, as they were proved.
pub struct Folder {
    /// The digest of the policy's texts.
    version: String,
    /// By name.
    pub files: BTreeMap<String, String>,
}

impl Folder {
    /// Reads the files of a firewall, each once: what is compared is what is used.
    pub fn proved(folder: &Path, name: &str) -> Result<Self, Diagnostic> {
        let at = |file: &str| folder.join(file);
        let text = read(&at("manifest.json"))?;
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| say::not_built(&at("manifest.json").display().to_string(), &error.to_string()))?;
        if manifest.format != 1 {
            let why = format!("its format is {}, and this version knows 1", manifest.format);
            return Err(say::not_built(&at("manifest.json").display().to_string(), &why));
        }
        let Some(firewall) = manifest.firewalls.iter().find(|firewall| firewall.name == name) else {
            return Err(say::no_firewall(name, manifest.firewalls.iter().map(|firewall| firewall.name.as_str())));
        };
        if firewall.target != "nftables" {
            return Err(say::target(name, &firewall.target));
        }
        if !firewall.proved {
            return Err(say::not_proved(name));
        }
        let mut files = BTreeMap::new();
        for file in &firewall.files {
            let plain = |name: &str| !name.contains('/') && !matches!(name, "" | "." | "..");
            if !(plain(&file.name) && plain(name)) {
                return Err(say::not_built("manifest.json", &format!("`{}` is no file's name", file.name)));
            }
            let place = at(name).join(&file.name);
            let text = read(&place)?;
            let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
            if digest != file.sha256 {
                return Err(say::changed(&place.display().to_string()));
            }
            files.insert(file.name.clone(), text);
        }
        if !files.contains_key("rules.nft") || !files.contains_key("replace.sh") {
            return Err(say::not_built("manifest.json", "it names no `rules.nft` with its `replace.sh`"));
        }
        Ok(Self { version: manifest.version, files })
    }

    /// The beginning of the policy's version, for people.
    pub fn short_version(&self) -> &str {
        self.version.get(..12).unwrap_or(&self.version)
    }
}

fn read(place: &Path) -> Result<String, Diagnostic> {
    let name = place.display().to_string();
    load::read_up_to(MOST_BYTES, place, &name)
        .map_err(|wrong| wrong.said(&name, None, || input::too_large(&name, &load::mebibytes(MOST_BYTES), None)))
}
