package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Backups;
import com.fluxvantage.kernel.outside.Unreachable;

import org.w3c.dom.Element;
import org.xml.sax.SAXException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/**
 * What RDS says that a cluster could be restored from: its continuous backups, and its snapshots of
 * every kind in this account and region. Two questions of its query protocol (version 2014-10-31),
 * whose client would be megabytes of a zip. Safe for use by many threads.
 */
final class RdsBackups implements Backups {
    /** The service's name in the host, and in a request's signature. */
    static final String HOST = "rds";

    private static final String VERSION = "2014-10-31";

    /** Twenty thousand snapshots: an account is allowed a hundred of its own. */
    private static final int MOST_PAGES = 200;

    private final JsonEndpoint rds;
    private final String cluster;

    RdsBackups(Supplier<JsonEndpoint.Way> way, String cluster) {
        this.rds = new JsonEndpoint(HOST, way);
        this.cluster = cluster;
    }

    @Override
    public Standing standing() {
        var from =
                texts(ask("DescribeDBClusters", Map.of()), "EarliestRestorableTime").stream()
                        .map(Instant::parse)
                        .findFirst()
                        .orElseThrow(
                                () -> new IllegalStateException("RDS does not name the moment"));
        return new Standing(from, snapshots());
    }

    // One that is being made has no time yet, and will be of what is there now.
    private List<Instant> snapshots() {
        var found = new ArrayList<Instant>();
        var page = Map.<String, String>of();
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            var answer = ask("DescribeDBClusterSnapshots", page);
            texts(answer, "SnapshotCreateTime").forEach(it -> found.add(Instant.parse(it)));
            var next = texts(answer, "Marker");
            if (next.isEmpty()) {
                return found;
            }
            page = Map.of("Marker", next.getFirst());
        }
        throw new IllegalStateException("there are more snapshots than anybody can look at");
    }

    private Element ask(String action, Map<String, String> more) {
        var form = new TreeMap<>(more);
        form.put("Action", action);
        form.put("Version", VERSION);
        form.put("DBClusterIdentifier", cluster);
        byte[] body =
                form.entrySet().stream()
                        .map(it ->
                                it.getKey()
                                        + "="
                                        + URLEncoder.encode(it.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))
                        .getBytes(StandardCharsets.UTF_8);
        return xml(
                rds.post(
                        "/",
                        Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                        body));
    }

    // No document type, so nothing of it fetches or expands anything.
    private static Element xml(byte[] answer) {
        try {
            var factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(answer)).getDocumentElement();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every Java can do without document types", e);
        } catch (SAXException | IOException e) {
            throw new Unreachable(HOST, e);
        }
    }

    private static List<String> texts(Element answer, String name) {
        var found = answer.getElementsByTagName(name);
        var texts = new ArrayList<String>();
        for (int at = 0; at < found.getLength(); at++) {
            texts.add(found.item(at).getTextContent());
        }
        return texts;
    }
}
