# SPDX-License-Identifier: MIT
#
# docker build -t nsqlookupd .
# podman and buildah build it alike; they keep the HEALTHCHECK only with --format docker.

ARG BASE=docker.io/library/debian:12-slim

FROM ${BASE} AS build
ARG CMAKE_BUILD_PARALLEL_LEVEL
WORKDIR /src
# Apart from the sources, so that a change of those does not install all this again.
COPY .ci/install_deps .ci/
RUN .ci/install_deps build
COPY . .
RUN cmake --preset package && cmake --build --preset package --target nsqlookupd
RUN deploy/container/assemble_root build/package/apps/nsqlookupd/nsqlookupd /image

FROM scratch
ARG VERSION=2.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="nsqlookupd" \
      org.opencontainers.image.description="The NSQ service registry, in C++20 coroutines" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# Every flag is a variable like these; docs/DEPLOYING.md says why they are not as by default.
ENV NSQLOOKUPD_PRODUCER_IDLE_TIMEOUT=60s \
    NSQLOOKUPD_DRAIN_TIMEOUT=5s
# By number: Kubernetes' runAsNonRoot does not know names.
USER 65532:65532
EXPOSE 4160 4161
STOPSIGNAL SIGTERM
# /livez, because it leaves no line in the log.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["/nsqlookupd", "healthcheck", "/livez"]
# No ENTRYPOINT, as the image of Go's nsq has none: its users name the program themselves.
CMD ["/nsqlookupd"]
