"""Every pod passes the restricted standard, and the check that says so catches what it must."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.deploy.manifests import OVERLAYS, Manifest, name, of_kind, pod, workloads
from tests.deploy.restricted import house_violations, violations

GOOD: Manifest = {
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "c",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "resources": {"requests": {"cpu": "10m", "memory": "1Mi"}, "limits": {"memory": "1Mi"}},
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {}}],
}


def planted(path: str, value: Any) -> Manifest:
    """GOOD with one thing changed; a value of None takes it away."""
    spec = copy.deepcopy(GOOD)
    *above, last = path.split(".")
    at: Any = spec
    for key in above:
        at = at[int(key)] if key.isdigit() else at.setdefault(key, {})
    if value is None:
        del at[last]
    else:
        at[last] = value
    return spec


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_is_restricted(overlay: str) -> None:
    found = {name(workload): violations(pod(workload)) for workload in workloads(overlay)}

    assert not {pod_name: texts for pod_name, texts in found.items() if texts}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_keeps_the_house_rules(overlay: str) -> None:
    found = {name(workload): house_violations(pod(workload)) for workload in workloads(overlay)}

    assert not {pod_name: texts for pod_name, texts in found.items() if texts}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_namespace_enforces_the_standard(overlay: str) -> None:
    [namespace] = of_kind(overlay, "Namespace")

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_good_pod_passes() -> None:
    assert violations(GOOD) == []
    assert house_violations(GOOD) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("hostNetwork", True),
        ("hostPID", True),
        ("hostIPC", True),
        ("volumes", [{"name": "host", "hostPath": {"path": "/"}}]),
        ("securityContext.runAsNonRoot", None),
        ("securityContext.runAsNonRoot", False),
        ("securityContext.runAsUser", 0),
        ("securityContext.seccompProfile", None),
        ("securityContext.seccompProfile.type", "Unconfined"),
        ("securityContext.appArmorProfile.type", "Unconfined"),
        ("securityContext.seLinuxOptions.type", "spc_t"),
        ("securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}]),
        ("securityContext.windowsOptions.hostProcess", True),
        ("containers.0.securityContext", None),
        ("containers.0.securityContext.privileged", True),
        ("containers.0.securityContext.runAsNonRoot", False),
        ("containers.0.securityContext.runAsUser", 0),
        ("containers.0.securityContext.allowPrivilegeEscalation", None),
        ("containers.0.securityContext.allowPrivilegeEscalation", True),
        ("containers.0.securityContext.procMount", "Unmasked"),
        ("containers.0.securityContext.seccompProfile.type", "Unconfined"),
        ("containers.0.securityContext.capabilities.drop", ["NET_RAW"]),
        ("containers.0.securityContext.capabilities.add", ["SYS_ADMIN"]),
        ("containers.0.ports", [{"containerPort": 80, "hostPort": 80}]),
        ("containers.0.livenessProbe.httpGet.host", "10.0.0.1"),
        ("containers.0.lifecycle.preStop.httpGet.host", "10.0.0.1"),
        ("initContainers", [{"name": "bad"}]),
    ],
)
def test_a_planted_violation_is_found(path: str, value: Any) -> None:
    assert violations(planted(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("automountServiceAccountToken", None),
        ("containers.0.securityContext.readOnlyRootFilesystem", None),
        ("containers.0.resources.requests.cpu", None),
        ("containers.0.resources.limits.memory", "2Mi"),
        ("containers.0.resources.limits.memory", None),
        ("containers.0.resources.limits.cpu", "1"),
    ],
)
def test_a_planted_breach_of_a_house_rule_is_found(path: str, value: Any) -> None:
    assert violations(planted(path, value)) == []
    assert house_violations(planted(path, value))
