# One image for the API and every worker. The command decides which one it runs.
#
#   docker build --tag export-service .
#   docker run … export-service                                             the API
#   docker run … export-service node dist/worker/main.js --role data        a worker
#   docker run … export-service npm run migrate                             creates the service's tables
#
# Environment variables configure everything: README.md, Configuration. To export your own database, add or mount a
# module of datasets and set DATASETS_MODULE: docs/datasets.md.
#
# It needs neither root nor a writable disk: `docker run --read-only --cap-drop ALL …` works.

ARG NODE_VERSION=24.22.3

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build

FROM build AS production
RUN npm prune --omit=dev
WORKDIR /app/node_modules
# Temporal's core is compiled for five platforms; keep this one.
RUN find @temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" \
    -exec rm -r {} + \
  # PDFs use two DejaVu fonts and one weight of each Noto font. The API serves three files of Swagger UI.
  && find dejavu-fonts-ttf -type f ! -name package.json ! -name LICENSE \
    ! -name DejaVuSansCondensed.ttf ! -name DejaVuSansCondensed-Bold.ttf -delete \
  && find @expo-google-fonts -type f \( -name '*.ttf' -o -name '*.png' \) ! -path '*/400Regular/*.ttf' -delete \
  && find swagger-ui-dist -type f ! -name package.json ! -name LICENSE ! -name NOTICE \
    ! -name swagger-ui.css ! -name swagger-ui-bundle.js ! -name favicon-32x32.png -delete \
  # Types and source maps are only for editors.
  && find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete

FROM node:${NODE_VERSION}-bookworm-slim
LABEL org.opencontainers.image.title="export-service" \
  org.opencontainers.image.description="Durable data exports: millions of PostgreSQL rows to a file behind a 24-hour link" \
  org.opencontainers.image.licenses="MIT"
# Without the first two, a worker needs up to half as much memory again: docs/deployment.md, Processes.
ENV MALLOC_ARENA_MAX=2 NODE_OPTIONS=--max-semi-space-size=16 \
    NODE_ENV=production NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_LOGS_MAX=0
WORKDIR /app
COPY --from=production /app/package.json /app/package-lock.json ./
COPY --from=production /app/dev/*.mjs ./dev/
COPY --from=production /app/node_modules ./node_modules
COPY --from=production /app/dist ./dist
USER node
EXPOSE 3000
CMD ["node", "dist/api/main.js"]
