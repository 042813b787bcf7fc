# RunFit's image, for docker-compose.yml. tests/deployment/image.py replays these steps without an engine.
FROM python:3.11-slim-trixie AS build
WORKDIR /app
COPY bin/uv.txt requirements.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r uv.txt \
    && /venv/bin/uv pip install --python /venv/bin/python --no-cache --compile-bytecode --require-hashes -r requirements.txt \
    && /venv/bin/pip uninstall --yes uv

FROM python:3.11-slim-trixie
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/runfit STATIC_DIR=/app/static
WORKDIR /app
# pg_dump and psql, for backups: as new as the server of docker-compose.yml.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 runfit \
    && useradd --uid 10001 --gid 10001 --no-create-home runfit \
    && install -d -o runfit -g runfit /var/lib/runfit
COPY --from=build /venv /venv
COPY manage.py ./
COPY runfit runfit
COPY assessments assessments
COPY guides guides
COPY templates templates
COPY content content
# Without a database, which isn't there yet: in a folder of its own. The last line is for a checkout
# that only its owner may read.
RUN VAR_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -r /tmp/build \
    && python -m compileall -q manage.py runfit assessments guides \
    && chmod -R a+rX .
ARG VERSION
LABEL org.opencontainers.image.title="RunFit" org.opencontainers.image.version="$VERSION"
USER 10001
VOLUME /var/lib/runfit
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/health/live/', timeout=4)"]
CMD ["python", "-m", "runfit.server", "--host", "0.0.0.0", "--workers", "2"]
