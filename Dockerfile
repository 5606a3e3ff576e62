# The image of app and worker. Nothing is fetched at run time, nothing runs as root.
FROM python:3.11.14-slim-trixie AS built
COPY requirements.lock /
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.lock \
 && printf '%s\n' '#!/venv/bin/python' 'from market.cli import main' 'raise SystemExit(main())' > /venv/bin/market \
 && chmod 755 /venv/bin/market

FROM python:3.11.14-slim-trixie
COPY --from=built /venv /venv
COPY certification /app/certification
COPY market /app/market
RUN install -d -o 10001 -g 10001 -m 700 /data /backups \
 && /venv/bin/python -m compileall -q /app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 HOME=/tmp MARKET_DATA=/data
USER 10001:10001
VOLUME ["/data", "/backups"]
CMD ["market", "serve"]
