"""The restricted Pod Security Standard, and what we ask of a pod beyond it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.deploy.manifests import Manifest, containers

_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
_SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
_PROFILES = {"RuntimeDefault", "Localhost"}
_HANDLERS = ("startupProbe", "readinessProbe", "livenessProbe")


def violations(spec: Manifest) -> list[str]:
    """What a namespace that enforces `restricted` would refuse in a pod spec."""
    found = [*_of_pod(spec)]
    for container in containers(spec):
        found += [f"{container['name']}: {text}" for text in _of_container(container, spec)]
    return found


def house_violations(spec: Manifest) -> list[str]:
    """Beyond the standard: a read-only root, no token, memory limit equal to its request, no CPU limit."""
    found = []
    if spec.get("automountServiceAccountToken") is not False:
        found.append("a service-account token is mounted")
    for container in containers(spec):
        name = container["name"]
        resources = container.get("resources", {})
        requests, limits = resources.get("requests", {}), resources.get("limits", {})
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            found.append(f"{name}: the root file system can be written")
        if not requests.get("cpu"):
            found.append(f"{name}: no CPU request")
        if not requests.get("memory") or requests["memory"] != limits.get("memory"):
            found.append(f"{name}: the memory limit is not the request")
        if "cpu" in limits:
            found.append(f"{name}: a CPU limit")
    return found


def _of_pod(spec: Manifest) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield field
    for volume in spec.get("volumes", ()):
        kinds = set(volume) - {"name"}
        if not kinds <= _VOLUMES:
            yield f"volume {volume['name']} is of kind {', '.join(sorted(kinds - _VOLUMES))}"
    context = spec.get("securityContext", {})
    for sysctl in context.get("sysctls", ()):
        if sysctl["name"] not in _SYSCTLS:
            yield f"sysctl {sysctl['name']}"
    yield from _of_context(context)


def _of_context(context: Manifest) -> Iterator[str]:
    """What must not be said, of a pod or of a container."""
    if context.get("runAsNonRoot") is False:
        yield "runAsNonRoot is false"
    if context.get("runAsUser") == 0:
        yield "runs as user 0"
    if context.get("seccompProfile", {}).get("type", "RuntimeDefault") not in _PROFILES:
        yield "seccomp profile"
    if context.get("appArmorProfile", {}).get("type", "RuntimeDefault") not in _PROFILES:
        yield "AppArmor profile"
    options = context.get("seLinuxOptions", {})
    if options.get("type") not in _SELINUX_TYPES or options.get("user") or options.get("role"):
        yield "SELinux options"
    if context.get("windowsOptions", {}).get("hostProcess"):
        yield "Windows host process"


def _of_container(container: Manifest, spec: Manifest) -> Iterator[str]:
    context, above = container.get("securityContext", {}), spec.get("securityContext", {})
    yield from _of_context(context)
    if not context.get("runAsNonRoot", above.get("runAsNonRoot")):
        yield "runAsNonRoot is not set"
    if not context.get("seccompProfile", above.get("seccompProfile")):
        yield "no seccomp profile"
    if context.get("privileged"):
        yield "privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "privilege escalation"
    if context.get("procMount", "Default") != "Default":
        yield "procMount"
    capabilities = context.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", ()):
        yield "does not drop ALL capabilities"
    if set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"}:
        yield "adds capabilities"
    if any(port.get("hostPort") for port in container.get("ports", ())):
        yield "hostPort"
    lifecycle = container.get("lifecycle", {})
    for handler in (*(container.get(kind, {}) for kind in _HANDLERS), *lifecycle.values()):
        if any(handler.get(kind, {}).get("host") for kind in ("httpGet", "tcpSocket")):
            yield "a probe or hook names a host"
