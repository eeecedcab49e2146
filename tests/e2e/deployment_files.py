#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""deployment_files.py <nsqlookupd> <version>

What is deployed agrees with itself and with the server: Dockerfile, compose file, Kubernetes
manifests, the text of a release. Needs python3-yaml.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
failures = []


def expect(description, good):
    if not good:
        failures.append(description)


def documents(path):
    return [found for found in yaml.safe_load_all(path.read_text()) if found is not None]


def variables_of(server):
    """The names of the environment variables that the server reads."""
    usage = subprocess.run([server, "-h"], capture_output=True, text=True, check=True).stdout
    flags = re.findall(r"^  -([a-z-]+)", usage, re.MULTILINE)
    return {"NSQLOOKUPD_" + flag.upper().replace("-", "_") for flag in flags}


def check_unit():
    """The service is reloaded by the signal that hands over, after a check, and never given up."""
    lines = (DEPLOY / "systemd/nsqlookupd.service.in").read_text().splitlines()
    unit = lines[:lines.index("[Service]")]
    service = lines[lines.index("[Service]"):lines.index("[Install]")]
    expect("unit: it is started again without limit", "StartLimitIntervalSec=0" in unit)
    reloads = [line for line in service if line.startswith("ExecReload=")]
    expect("unit: the settings are checked, and SIGUSR2 reloads it",
           len(reloads) == 2 and "/nsqlookupd check -config " in reloads[0]
           and reloads[1] == "ExecReload=/bin/sh -c 'kill -USR2 $MAINPID'")
    expect("unit: what is checked is what is started",
           reloads[0].replace("ExecReload=", "ExecStart=").replace(" check", "") in service)


def check_variables(where, given, known):
    for name in given:
        expect(f"{where}: the server knows no variable {name}",
               not name.startswith("NSQLOOKUPD_") or name in known)
    expect(f"{where}: producers that are gone are noticed after 60 s",
           given.get("NSQLOOKUPD_PRODUCER_IDLE_TIMEOUT") == "60s")
    expect(f"{where}: draining takes 5 s", given.get("NSQLOOKUPD_DRAIN_TIMEOUT") == "5s")


def check_dockerfile(known, version):
    text = (ROOT / "Dockerfile").read_text()
    expect(f"Dockerfile: ARG VERSION is {version}", f"\nARG VERSION={version}\n" in text)
    expect("Dockerfile: EXPOSE 4160 4161", "\nEXPOSE 4160 4161\n" in text)
    given = dict(re.findall(r"(NSQLOOKUPD_[A-Z_]+)=(\S+)", text))
    check_variables("Dockerfile", given, known)


def check_compose(file, version, known):
    services = documents(DEPLOY / file)[0]["services"]
    ours = {name: one for name, one in services.items() if "build" in one}
    expect(f"{file}: there is a nsqlookupd", ours)
    for name, one in ours.items():
        expect(f"{file}: {name} is of version {version}, or of the image that is asked for",
               one["image"] == f"${{NSQLOOKUPD_IMAGE:-nsqlookupd:{version}}}")
        expect(f"{file}: {name} calls /nsqlookupd", one["command"][0] == "/nsqlookupd")
        expect(f"{file}: {name} is told its own name",
               f"-broadcast-address={name}" in one["command"])
        expect(f"{file}: {name} has a read-only root", one["read_only"])
        for flag in one["command"][1:]:
            variable = "NSQLOOKUPD_" + flag[1:].split("=")[0].upper().replace("-", "_")
            expect(f"{file}: the server knows no flag {flag}", variable in known)
    for name, one in services.items():
        for argument in one["command"]:
            address = re.fullmatch(r"-lookupd-(tcp|http)-address=([^:]+):(\d+)", argument)
            if address:
                expect(f"{file}: {name} asks a nsqlookupd that is there", address[2] in ours)
                expect(f"{file}: {name} asks at the right port",
                       address[3] == {"tcp": "4160", "http": "4161"}[address[1]])


def check_cluster_compose():
    """All members have one name, and the etcd that is there; it does not grow for ever."""
    services = documents(DEPLOY / "docker-compose.cluster.yml")[0]["services"]
    members = services["nsqlookupd"]
    expect("cluster compose: there are several members", members["deploy"]["replicas"] > 1)
    expect("cluster compose: no member stores in the files of another", "volumes" not in members)
    expect("cluster compose: the members ask the etcd that is there",
           "-cluster-etcd-endpoints=http://etcd:2379" in members["command"])
    etcd = services["etcd"]["command"]
    expect("cluster compose: etcd is at that address",
           "--advertise-client-urls=http://etcd:2379" in etcd
           and "--listen-client-urls=http://0.0.0.0:2379" in etcd)
    expect("cluster compose: etcd compacts by itself",
           "--auto-compaction-mode=periodic" in etcd and "--auto-compaction-retention=5m" in etcd)
    data = next(one.split("=")[1] for one in etcd if one.startswith("--data-dir="))
    expect("cluster compose: etcd's data outlive its container",
           f"etcd:{data}" in services["etcd"]["volumes"])


def routes():
    return json.loads((ROOT / "libs/admin/openapi.json").read_text())["paths"]


def check_pods(where, manifest, known):
    pod = manifest["spec"]["template"]["spec"]
    container = pod["containers"][0]
    given = {one["name"]: one.get("value") for one in container["env"]}
    check_variables(where, given, known)
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    expect(f"{where}: the ports are the server's", ports == {"tcp": 4160, "http": 4161})
    for probe in ("livenessProbe", "readinessProbe"):
        expect(f"{where}: the {probe} is a route",
               container[probe]["httpGet"]["path"] in routes())
    drain = int(given["NSQLOOKUPD_DRAIN_TIMEOUT"].removesuffix("s"))
    expect(f"{where}: there is time to drain", pod["terminationGracePeriodSeconds"] > drain + 1)
    expect(f"{where}: readiness is asked for often enough",
           container["readinessProbe"]["periodSeconds"] < drain)
    mounted = [one["mountPath"] for one in container["volumeMounts"]]
    expect(f"{where}: the state is in a volume", mounted == [given["NSQLOOKUPD_DATA_PATH"]])
    security = pod["securityContext"] | container["securityContext"]
    expect(f"{where}: not root", security["runAsNonRoot"] and security["runAsUser"] == 65532)
    expect(f"{where}: read-only root", security["readOnlyRootFilesystem"])
    expect(f"{where}: no capabilities", security["capabilities"]["drop"] == ["ALL"])


def manifests_in(folder, pods, version):
    """By kind. `pods`: the kind of the manifest that the others select the pods of."""
    where = folder.relative_to(ROOT)
    listed = documents(folder / "kustomization.yaml")[0]
    manifests = {}
    for path in sorted(folder.glob("*.yaml")):
        for manifest in documents(path):
            manifests[manifest["kind"]] = manifest
    for name in listed["resources"]:
        expect(f"{where}: {name} is there", (folder / name).is_file())
    expect(f"{where}: the image is {version}", listed["images"][0]["newTag"] == version)
    label = manifests[pods]["spec"]["template"]["metadata"]["labels"]
    for kind, selector in (
            (pods, manifests[pods]["spec"]["selector"]["matchLabels"]),
            ("Service", manifests["Service"]["spec"]["selector"]),
            ("PodDisruptionBudget",
             manifests["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]),
            ("NetworkPolicy", manifests["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"])):
        expect(f"{where}: {kind} selects the pods", selector.items() <= label.items())
    return manifests


def check_kubernetes(known, version):
    manifests = manifests_in(DEPLOY / "kubernetes", "StatefulSet", version)
    expect("StatefulSet: its service is there",
           manifests["StatefulSet"]["spec"]["serviceName"]
           == manifests["Service"]["metadata"]["name"])
    check_pods("StatefulSet", manifests["StatefulSet"], known)
    monitor = manifests["ServiceMonitor"]["spec"]
    for endpoint in monitor["endpoints"]:
        expect("ServiceMonitor: it asks for a route", endpoint["path"] in routes())
    label = manifests["Service"]["metadata"]["labels"]
    expect("ServiceMonitor: selects the service",
           monitor["selector"]["matchLabels"].items() <= label.items())
    check_kubernetes_cluster(known, version, label)


def check_kubernetes_cluster(known, version, label):
    """One address for all members, each of which may ask etcd."""
    manifests = manifests_in(DEPLOY / "kubernetes/cluster", "Deployment", version)
    deployment = manifests["Deployment"]
    check_pods("Deployment", deployment, known)
    expect("cluster: there are several members", deployment["spec"]["replicas"] > 1)
    service = manifests["Service"]
    expect("cluster: its service has one address", "clusterIP" not in service["spec"])
    expect("cluster: the ServiceMonitor is for its service, too",
           service["metadata"]["labels"] == label)
    environment = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    given = {one["name"]: one.get("value") for one in environment}
    expect("cluster: an overlay finds the endpoints at env/0",
           environment[0]["name"] == "NSQLOOKUPD_CLUSTER_ETCD_ENDPOINTS")
    expect("cluster: the members call themselves as the service is called",
           given["NSQLOOKUPD_BROADCAST_ADDRESS"].split(".")[0] == service["metadata"]["name"])
    port = int(environment[0]["value"].rsplit(":", 1)[1])
    ports = [one["port"] for rule in manifests["NetworkPolicy"]["spec"]["egress"]
             for one in rule["ports"]]
    expect("cluster: the members may ask DNS and etcd", {53, port} <= set(ports))


def check_release_notes(version):
    """A tag that is not the version, or that CHANGELOG.md does not tell of, makes no release."""
    notes = ROOT / "deploy/release/notes"

    def ask(script, tag):
        return subprocess.run([script, tag], capture_output=True, text=True, check=False)

    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "deploy/release/notes"
        copy.parent.mkdir(parents=True)
        shutil.copy(notes, copy)
        shutil.copy(ROOT / "CMakeLists.txt", name)
        changelog = Path(name) / "CHANGELOG.md"
        changelog.write_text(f"# Changelog\n\n## Unreleased\n\nnew\n\n## {version}\n\ntold\n\n## 0.1.0\n\nold\n")
        found = ask(copy, f"v{version}")
        expect(f"notes: the section of the version, not '{found.stdout}'",
               found.returncode == 0 and found.stdout == "told\n")
        found = ask(copy, "v0.1.0")
        expect("notes: a tag that is not the version is refused",
               found.returncode == 1 and found.stderr
               == f"notes: the tag is v0.1.0, and the version in CMakeLists.txt is {version}\n")
        changelog.write_text(f"## {version}\n\n## 0.1.0\n\nold\n")
        expect("notes: a version without a word is refused", ask(copy, f"v{version}").returncode == 1)


def main(server, version):
    known = variables_of(server)
    check_unit()
    check_dockerfile(known, version)
    check_compose("docker-compose.yml", version, known)
    check_compose("docker-compose.cluster.yml", version, known)
    check_cluster_compose()
    check_kubernetes(known, version)
    check_release_notes(version)
    for path in sorted(ROOT.glob(".github/workflows/*.yml")):
        documents(path)
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
