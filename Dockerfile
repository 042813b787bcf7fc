FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY bin/uv.txt requirements.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r uv.txt \
    && /venv/bin/uv pip install --python /venv/bin/python --no-cache --require-hashes -r requirements.txt \
    && /venv/bin/pip uninstall --yes uv

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/runfit
WORKDIR /app
RUN useradd --system --uid 10001 runfit && install -d -o runfit -g runfit /var/lib/runfit
COPY --from=build /venv /venv
COPY manage.py ./
COPY runfit runfit
COPY assessments assessments
COPY guides guides
COPY templates templates
COPY content content
USER 10001
VOLUME /var/lib/runfit
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/health/live/', timeout=4)"]
CMD ["python", "-m", "runfit.server", "--host", "0.0.0.0", "--workers", "2"]
