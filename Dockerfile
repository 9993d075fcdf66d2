# One image for the API and every worker: what it runs is its command.
#
#   docker build --tag export-service .
#   docker run … export-service                                             the API
#   docker run … export-service node dist/worker/main.js --role data        a worker
#   docker run … export-service npm run migrate                             the service's own tables
#
# All that it needs to know comes by its environment: README.md, Configuration. To export your own database, put a
# module of datasets into it, or mount one, and set DATASETS_MODULE: docs/datasets.md.

FROM node:22.14.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM build AS production
RUN npm prune --omit=dev \
  # PDFs use one weight of each font.
  && find node_modules/@expo-google-fonts -type f \( -name '*.ttf' -o -name '*.png' \) ! -path '*/400Regular/*.ttf' -delete

FROM node:22.14.0-bookworm-slim
# glibc keeps memory for each of many threads otherwise: a worker needs up to a quarter more (docs/deployment.md, Processes).
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=production /app/package.json /app/package-lock.json ./
COPY --from=production /app/dev/run.mjs /app/dev/install.mjs ./dev/
COPY --from=production /app/node_modules ./node_modules
COPY --from=production /app/dist ./dist
# It writes nothing to its disk, and needs no root.
USER node
EXPOSE 3000
CMD ["node", "dist/api/main.js"]
