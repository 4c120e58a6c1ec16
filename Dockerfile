# One image for the four services: `docker run huying services.intake serve`.
# In CI and production, BASE_IMAGE names the official slim image by digest.
ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS build
WORKDIR /app
RUN python3 -m venv venv
COPY requirements/runtime.txt requirements/
# Wheels only: nothing is compiled, so no compiler is needed in either stage.
RUN --mount=type=cache,target=/root/.cache/pip \
    venv/bin/pip install --require-hashes --no-deps --only-binary :all: -r requirements/runtime.txt \
    && venv/bin/pip uninstall --yes --quiet setuptools pip
COPY services services
COPY schema schema
RUN venv/bin/python -m compileall -q services venv/lib

FROM ${BASE_IMAGE}
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
USER 10001:10001
EXPOSE 4000 4001 4002 4003
ENTRYPOINT ["python", "-m"]
CMD ["services.gateway", "serve"]
