# Saddlemap in a container: docs/release.md. From an archive that the build has put together (mvn -Prelease verify):
#   podman build --build-arg ARCHIVE=release/target/dist/saddlemap-VERSION-linux-x86_64.tar.gz -t saddlemap .
# BASE is any image with glibc, bash and a Java 17 or newer; scripts/image makes one of Debian's packages where no registry is in reach.
ARG BASE=docker.io/library/eclipse-temurin:17-jre-jammy
FROM ${BASE}
ARG ARCHIVE
# The whole archive is one layer, of root, that its user cannot write.
ADD ${ARCHIVE} /opt/
RUN ln -s /opt/saddlemap-* /opt/saddlemap && ln -s /opt/saddlemap/bin/saddlemap /usr/local/bin/saddlemap && mkdir -m 1777 /warehouse
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
# What is written beside the warehouse, the log and the unpacked natives, goes to /tmp.
ENV HOME=/tmp
VOLUME /warehouse
WORKDIR /
ENTRYPOINT ["saddlemap"]
CMD ["--help"]
