"""The overlays hold together: schemas, names, labels, ports, probes, settings."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import kubernetes_validate
import pytest

from services.chassis.settings import PREFIX, ServiceSettings
from services.gateway.settings import Settings as GatewaySettings
from services.gateway.settings import parse_urls
from tests.deploy.manifests import (
    K8S,
    OVERLAYS,
    ROOT,
    SERVICES,
    SUBGRAPHS,
    Manifest,
    containers,
    name,
    of_kind,
    pod,
    pod_labels,
    render,
    selects,
    workloads,
)

# `preStop.sleep` is stable since the oldest; the newest is what kubernetes-validate knows.
SUPPORTED = ("1.34", "1.37")

# Provided from outside, with these keys (overlays/production/README.md).
_SERVICE_KEYS = {"HUYING_MONGO_URL", "HUYING_NATS_USER", "HUYING_NATS_PASSWORD"}
PROVIDED = {
    **dict.fromkeys(SUBGRAPHS, _SERVICE_KEYS),
    "nats": {f"{service.upper()}_PASSWORD" for service in SUBGRAPHS},
}

each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


def read_by(service: str) -> dict[str, bool]:
    """The variables that a service reads, and whether it starts without."""
    kind: type[GatewaySettings | ServiceSettings] = GatewaySettings if service == "gateway" else ServiceSettings
    fields = dataclasses.fields(kind)
    return {PREFIX + field.name.upper(): field.default is not dataclasses.MISSING for field in fields}


def environment(overlay: str, container: Manifest) -> dict[str, str | None]:
    """What the container's process finds; the values of provided Secrets are None."""
    found: dict[str, str | None] = {}
    for source in container.get("envFrom", ()):
        kind, reference = next(
            (kind, source[key]["name"])
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
            if key in source
        )
        held = [item for item in of_kind(overlay, kind) if item["metadata"]["name"] == reference]
        if held:
            found |= {key: str(value) for key, value in held[0]["data"].items()}
        else:
            assert kind == "Secret", reference
            found |= dict.fromkeys(PROVIDED[reference])
    for entry in container.get("env", ()):
        found[entry["name"]] = entry.get("value")
    return found


@each_overlay
@pytest.mark.parametrize("version", SUPPORTED)
def test_every_object_has_a_schema_and_keeps_it(overlay: str, version: str) -> None:
    for manifest in render(overlay):
        # Raises for a breach, and for a kind or version that this Kubernetes does not have.
        assert kubernetes_validate.validate(manifest, version, strict=True) == version


def test_the_newest_supported_version_is_the_newest_known() -> None:
    assert kubernetes_validate.latest_version().startswith(f"{SUPPORTED[-1]}.")


@pytest.mark.parametrize(
    ("path", "value"),
    [(("spec", "replicas"), "three"), (("spec", "replica"), 3), (("apiVersion",), "apps/v1beta1")],
)
def test_the_schema_check_catches_a_mistake(path: tuple[str, ...], value: Any) -> None:
    manifest = next(item for item in of_kind("production", "Deployment"))
    bad = {**manifest, "spec": dict(manifest["spec"])}
    at = bad if len(path) == 1 else bad[path[0]]
    at[path[-1]] = value

    with pytest.raises((kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError)):
        kubernetes_validate.validate(bad, SUPPORTED[-1], strict=True)


@each_overlay
def test_all_objects_are_in_the_namespace(overlay: str) -> None:
    for manifest in render(overlay):
        if manifest["kind"] not in {"Namespace", "PriorityClass"}:
            assert manifest["metadata"]["namespace"] == "huying", name(manifest)


@each_overlay
def test_all_four_services_run(overlay: str) -> None:
    deployments = {item["metadata"]["name"]: item for item in of_kind(overlay, "Deployment")}

    for service, port in SERVICES.items():
        [container] = pod(deployments[service])["containers"]
        assert container["args"] == [f"services.{service}", "serve"]
        assert container["ports"] == [{"name": "http", "containerPort": port}]
        assert environment(overlay, container)["HUYING_LISTEN"] == f"0.0.0.0:{port}"


@each_overlay
def test_images_have_a_version(overlay: str) -> None:
    for workload in workloads(overlay):
        for container in containers(pod(workload)):
            _, tag, digest = re.fullmatch(r"([^:@]+)(?::([^@]+))?(?:@(.+))?", container["image"]).groups()  # type: ignore[union-attr]  # no match is a failure
            assert digest or tag not in {None, "latest"}, container["image"]
            if overlay == "production":
                assert digest, container["image"]


@each_overlay
def test_selectors_match_the_pods_they_are_for(overlay: str) -> None:
    labels = [pod_labels(workload) for workload in workloads(overlay)]
    for workload in of_kind(overlay, "Deployment", "StatefulSet"):
        selector = workload["spec"]["selector"]
        assert [item for item in labels if selects(selector, item)] == [pod_labels(workload)], name(workload)
        for spread in pod(workload).get("topologySpreadConstraints", ()):
            assert selects(spread["labelSelector"], pod_labels(workload))
            assert set(spread.get("matchLabelKeys", ())) <= {*pod_labels(workload), "pod-template-hash"}
    for service in of_kind(overlay, "Service"):
        chosen = [item for item in labels if selects({"matchLabels": service["spec"]["selector"]}, item)]
        assert len(chosen) == 1, name(service)
    for budget in of_kind(overlay, "PodDisruptionBudget"):
        assert len([item for item in labels if selects(budget["spec"]["selector"], item)]) == 1, name(budget)
    for policy in of_kind(overlay, "NetworkPolicy"):
        assert any(selects(policy["spec"]["podSelector"], item) for item in labels), name(policy)


@each_overlay
def test_named_ports_exist(overlay: str) -> None:
    def ports(workload: Manifest) -> set[str]:
        return {port["name"] for item in containers(pod(workload)) for port in item.get("ports", ())}

    every = {port for workload in workloads(overlay) for port in ports(workload)}
    for service in of_kind(overlay, "Service"):
        for workload in workloads(overlay):
            if selects({"matchLabels": service["spec"]["selector"]}, pod_labels(workload)):
                assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports(workload)
    for workload in workloads(overlay):
        for container in containers(pod(workload)):
            own = {port["name"] for port in container.get("ports", ())}
            for probe in _probes(container):
                assert {probe[kind]["port"] for kind in ("httpGet", "tcpSocket") if kind in probe} <= own
    for policy in of_kind(overlay, "NetworkPolicy"):
        for rule in (*policy["spec"].get("ingress", ()), *policy["spec"].get("egress", ())):
            named = {port["port"] for port in rule["ports"] if isinstance(port["port"], str)}
            assert named <= every, name(policy)


def _probes(container: Manifest) -> list[Manifest]:
    kinds = ("startupProbe", "readinessProbe", "livenessProbe")
    return [container[kind] for kind in kinds if kind in container]


@each_overlay
def test_probes_ask_for_routes_that_are_served(overlay: str) -> None:
    for deployment in of_kind(overlay, "Deployment"):
        service = deployment["metadata"]["name"]
        if service in SERVICES:
            source = ROOT / "services" / ("gateway" if service == "gateway" else "chassis") / "app.py"
            served = set(re.findall(r'(?:Route\(|path == )"(/[a-z]+)"', source.read_text(encoding="utf-8")))
            [container] = pod(deployment)["containers"]
            paths = [probe["httpGet"]["path"] for probe in _probes(container)]
            assert paths == ["/readyz", "/readyz", "/livez"]
            assert set(paths) <= served


@each_overlay
def test_every_deployment_and_store_has_a_budget_that_lets_one_go(overlay: str) -> None:
    budgets = of_kind(overlay, "PodDisruptionBudget")
    for workload in of_kind(overlay, "Deployment", "StatefulSet"):
        found = [budget for budget in budgets if selects(budget["spec"]["selector"], pod_labels(workload))]
        assert [budget["spec"]["maxUnavailable"] for budget in found] == [1], name(workload)


@each_overlay
def test_every_pod_has_network_rules_of_its_own_in_a_namespace_that_denies(overlay: str) -> None:
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in of_kind(overlay, "NetworkPolicy")}
    general = {"default-deny", "names"}

    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for workload in workloads(overlay):
        own = [key for key, spec in policies.items() if selects(spec["podSelector"], pod_labels(workload))]
        assert set(own) > general, name(workload)


@each_overlay
def test_only_the_gateway_and_the_monitoring_reach_a_subgraph(overlay: str) -> None:
    for service in SUBGRAPHS:
        labels = {"app.kubernetes.io/name": service, "app.kubernetes.io/component": "service"}
        callers = [
            caller
            for policy in of_kind(overlay, "NetworkPolicy")
            if selects(policy["spec"]["podSelector"], labels)
            for rule in policy["spec"].get("ingress", ())
            for caller in rule["from"]
        ]
        assert callers == [
            {"namespaceSelector": {"matchLabels": {"huying/monitoring": "true"}}},
            {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "gateway"}}},
        ] or callers == [
            {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "gateway"}}},
            {"namespaceSelector": {"matchLabels": {"huying/monitoring": "true"}}},
        ]


@each_overlay
def test_a_pod_outlives_its_own_shutdown(overlay: str) -> None:
    for deployment in of_kind(overlay, "Deployment"):
        if deployment["metadata"]["name"] in SERVICES:
            [container] = pod(deployment)["containers"]
            # 20 s are the drain of services/chassis/app.py.
            needed = container["lifecycle"]["preStop"]["sleep"]["seconds"] + 20 + 5
            assert pod(deployment)["terminationGracePeriodSeconds"] >= needed


@each_overlay
def test_services_get_every_setting_they_need_and_none_that_they_do_not_read(overlay: str) -> None:
    identity = {"HUYING_JWKS_URL", "HUYING_JWT_ISSUER", "HUYING_JWT_AUDIENCE"}
    for workload in workloads(overlay):
        if pod_labels(workload)["app.kubernetes.io/component"] not in {"service", "job"}:
            continue
        for container in containers(pod(workload)):
            settings = read_by(container["args"][0].removeprefix("services."))
            required = identity | {key for key, optional in settings.items() if not optional}
            found = set(environment(overlay, container))
            assert required <= found, name(workload)
            assert found <= {*settings, "OTEL_EXPORTER_OTLP_ENDPOINT"}, name(workload)


@each_overlay
def test_the_gateway_knows_every_subgraph(overlay: str) -> None:
    [gateway] = [item for item in of_kind(overlay, "Deployment") if item["metadata"]["name"] == "gateway"]
    [container] = pod(gateway)["containers"]
    urls = environment(overlay, container)["HUYING_SUBGRAPH_URLS"]

    assert urls
    assert parse_urls(urls.split(",")) == {
        service: f"http://{service}:{SERVICES[service]}/graphql" for service in SUBGRAPHS
    }


@each_overlay
def test_brokers_are_named_with_the_replicas_they_have(overlay: str) -> None:
    [nats] = [item for item in of_kind(overlay, "StatefulSet") if item["metadata"]["name"] == "nats"]
    replicas = nats["spec"]["replicas"]
    [settings] = [
        item["data"]
        for item in of_kind(overlay, "ConfigMap")
        if item["metadata"]["name"].startswith("huying-") and "HUYING_NATS_URL" in item["data"]
    ]

    assert settings["HUYING_NATS_URL"].split(",") == [f"nats://nats-{n}.nats:4222" for n in range(replicas)]
    assert settings["HUYING_NATS_REPLICAS"] == str(replicas)


@each_overlay
def test_addresses_inside_the_cluster_name_services_that_exist(overlay: str) -> None:
    ports = {
        (service["metadata"]["name"], port["port"])
        for service in of_kind(overlay, "Service")
        for port in service["spec"]["ports"]
    }
    for config in of_kind(overlay, "ConfigMap"):
        for key, value in config["data"].items():
            if key.startswith(PREFIX):
                for host, port in re.findall(r"//([a-z0-9.-]+):(\d+)", value):
                    if host != "127.0.0.1":
                        assert (host.split(".")[-1], int(port)) in ports, key


@each_overlay
def test_secrets_are_generated_or_documented(overlay: str) -> None:
    generated = {item["metadata"]["name"] for item in of_kind(overlay, "Secret")}
    readme = (K8S / "overlays" / "production" / "README.md").read_text(encoding="utf-8")
    referenced = {
        source["secretRef"]["name"]
        for workload in workloads(overlay)
        for container in containers(pod(workload))
        for source in container.get("envFrom", ())
        if "secretRef" in source
    }

    for secret in referenced - generated:
        assert f"`{secret}`" in readme
        assert all(f"`{key}`" in readme for key in PROVIDED[secret])


def test_production_holds_no_secret() -> None:
    assert of_kind("production", "Secret") == []


def test_production_spreads_and_scales() -> None:
    scaled = {item["spec"]["scaleTargetRef"]["name"] for item in of_kind("production", "HorizontalPodAutoscaler")}
    deployments = {item["metadata"]["name"]: item for item in of_kind("production", "Deployment")}

    assert scaled == {"gateway", "intake"}
    for service, deployment in deployments.items():
        # A number beside an autoscaler would undo its work at each apply.
        assert deployment["spec"].get("replicas") == (None if service in scaled else 3)
    assert all(item["spec"]["minReplicas"] >= 3 for item in of_kind("production", "HorizontalPodAutoscaler"))
