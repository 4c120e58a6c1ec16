"""The Kubernetes overlays as a cluster would receive them."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
K8S = ROOT / "deploy" / "k8s"
OVERLAYS = sorted(path.name for path in (K8S / "overlays").iterdir() if path.is_dir())
SERVICES = {"gateway": 4000, "intake": 4001, "routing": 4002, "mediation": 4003}
SUBGRAPHS = tuple(service for service in SERVICES if service != "gateway")

_WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet", "Job"}


@cache
def render(overlay: str) -> tuple[Manifest, ...]:
    """Every object of the overlay, by `kubectl kustomize` from the pinned packages or the PATH."""
    scripts = sysconfig.get_path("scripts")
    kubectl = shutil.which("kubectl", path=scripts) or shutil.which("kubectl")
    assert kubectl, "kubectl is not installed: on Linux it comes with requirements/dev.txt"
    done = subprocess.run(
        [kubectl, "kustomize", str(K8S / "overlays" / overlay)], capture_output=True, text=True, check=False
    )
    # A warning (a deprecated field, a patch that matches nothing) is an error here.
    assert (done.returncode, done.stderr) == (0, "")
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, *kinds: str) -> list[Manifest]:
    """The overlay's objects of these kinds."""
    return [manifest for manifest in render(overlay) if manifest["kind"] in kinds]


def workloads(overlay: str) -> list[Manifest]:
    """Whatever has a pod template."""
    return of_kind(overlay, *_WORKLOADS)


def name(manifest: Manifest) -> str:
    """Kind and name, as kubectl prints them."""
    return f"{manifest['kind'].lower()}/{manifest['metadata']['name']}"


def pod(workload: Manifest) -> Manifest:
    """The workload's pod spec."""
    spec: Manifest = workload["spec"]["template"]["spec"]
    return spec


def pod_labels(workload: Manifest) -> dict[str, str]:
    """The labels its pods carry."""
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels


def containers(spec: Manifest) -> Iterator[Manifest]:
    """All containers of a pod spec, the initialising ones first."""
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.get(kind, ())


def selects(selector: Manifest, labels: dict[str, str]) -> bool:
    """Whether a label selector (`matchLabels`, `matchExpressions` with `In`) matches."""
    wanted: dict[str, str] = selector.get("matchLabels", {})
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    for expression in selector.get("matchExpressions", ()):
        assert expression["operator"] == "In"
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return True
