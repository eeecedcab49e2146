# SPDX-License-Identifier: MIT
#
# The SPDX 2.3 document of the packages that ./sbom describes, one a line.

# Debian's name of a license as SPDX has it, where both are one text. Those of GNU are left open: the name
# does not tell which exceptions there are.
def spdx_license:
  {
    "Expat": "MIT",
    "Apache-2.0": "Apache-2.0",
    "BSL-1.0": "BSL-1.0",
    "BSD-2-clause": "BSD-2-Clause",
    "BSD-3-clause": "BSD-3-Clause",
    "Zlib": "Zlib"
  }[.] // "NOASSERTION";

def escaped: @uri | gsub("%3A"; ":");

def purl:
  "pkg:deb/\($vendor | ascii_downcase)/\(.package | escaped)@\(.version | escaped)?arch=\(.architecture)"
  + "&distro=\($distribution)&upstream=\(.source | escaped)%40\(.source_version | escaped)";

def library:
  {
    SPDXID: .id,
    name: .package,
    versionInfo: .version,
    supplier: "Organization: \($vendor)",
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: (.license | spdx_license),
    licenseComments: (
      if .licenses == "" then "debian/copyright is not in a form that can be read by programs"
      else "debian/copyright names: \(.licenses)" end),
    copyrightText: "NOASSERTION",
    comment: "Maintainer: \(.maintainer)",
    primaryPackagePurpose: "LIBRARY",
    externalRefs: [{
      referenceCategory: "PACKAGE-MANAGER",
      referenceType: "purl",
      referenceLocator: purl
    }]
  }
  + if .homepage == "" then {} else { homepage } end;

[inputs | split("\t") | {
  link: .[0], license: .[1], licenses: .[2], package: .[3], version: .[4], architecture: .[5],
  source: .[6], source_version: .[7], homepage: .[8], maintainer: .[9],
  id: ("SPDXRef-" + (.[3] | gsub("[^A-Za-z0-9.]"; "-")))
}] as $libraries
| {
  spdxVersion: "SPDX-2.3",
  dataLicense: "CC0-1.0",
  SPDXID: "SPDXRef-DOCUMENT",
  name: "nsqlookupd-\($version)-linux-\($architecture)",
  documentNamespace: "https://spdx.org/spdxdocs/nsqlookupd-\($version)-linux-\($architecture)-\($sha256)",
  creationInfo: { created: ($time | todate), creators: ["Tool: nsqlookupd-sbom"] },
  packages: ([{
    SPDXID: "SPDXRef-nsqlookupd",
    name: "nsqlookupd",
    versionInfo: $version,
    supplier: "Organization: nsqlookupd authors",
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    checksums: [{ algorithm: "SHA256", checksumValue: $sha256 }],
    licenseConcluded: "MIT",
    licenseDeclared: "MIT",
    copyrightText: "2026 The nsqlookupd authors",
    comment: "The checksum is that of the program.",
    primaryPackagePurpose: "APPLICATION",
    externalRefs: [{
      referenceCategory: "PACKAGE-MANAGER",
      referenceType: "purl",
      referenceLocator: "pkg:generic/nsqlookupd@\($version)?arch=\($architecture)"
    }]
  }] + ($libraries | map(library))),
  relationships: ([{
    spdxElementId: "SPDXRef-DOCUMENT",
    relationshipType: "DESCRIBES",
    relatedSpdxElement: "SPDXRef-nsqlookupd"
  }] + ($libraries | map({
    spdxElementId: "SPDXRef-nsqlookupd",
    relationshipType: .link,
    relatedSpdxElement: .id
  })))
}
