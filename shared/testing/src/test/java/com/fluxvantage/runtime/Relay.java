package com.fluxvantage.runtime;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between the driver and the server and reads along what the driver sends (PostgreSQL's
 * protocol, version 3). It can ask for a password as a server would, and swallow the answer; and it
 * can break the line at a chosen statement, once.
 */
final class Relay implements AutoCloseable {
    /** What becomes of the connection on which a statement is sent. */
    enum Break {
        /** The statement does not arrive. */
        BEFORE_IT_ARRIVES,
        /** The statement is carried out, and its answer does not arrive. */
        AFTER_IT_IS_DONE,
        /** The statement is carried out, and then there is silence on an open line. */
        SILENCE
    }

    private record Planned(String statement, Break how) {}

    /** One client and its server; {@code broken} says what becomes of answers. */
    private record Line(Socket client, Socket server, AtomicReference<Optional<Break>> broken) {}

    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final ServerSocket listening;
    private final int serverPort;
    private final boolean asksForPassword;
    private final Map<String, String> startup = new ConcurrentHashMap<>();
    private final List<String> passwords = new CopyOnWriteArrayList<>();
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final List<String> named = new CopyOnWriteArrayList<>();
    private final List<String> batches = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicReference<Optional<Planned>> planned =
            new AtomicReference<>(Optional.empty());

    private Relay(ServerSocket listening, int serverPort, boolean asksForPassword) {
        this.listening = listening;
        this.serverPort = serverPort;
        this.asksForPassword = asksForPassword;
    }

    static Relay before(String url, boolean asksForPassword) {
        try {
            int port = Integer.parseInt(url.replaceFirst(".*:(\\d+)/.*", "$1"));
            var relay =
                    new Relay(
                            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                            port,
                            asksForPassword);
            Thread.ofVirtual().start(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String through(String url) {
        return url.replaceFirst("localhost:\\d+", "127.0.0.1:" + listening.getLocalPort());
    }

    /** What was sent at once, one text for each round trip. */
    List<String> batches() {
        return batches;
    }

    List<String> statements() {
        return statements;
    }

    /** Names of prepared statements and portals, which should be none. */
    List<String> named() {
        return named;
    }

    Map<String, String> startup() {
        return startup;
    }

    List<String> passwords() {
        return passwords;
    }

    void forget() {
        statements.clear();
        batches.clear();
    }

    /** The next time this is sent, the line breaks; lines opened afterwards are sound. */
    void breakAt(String statement, Break how) {
        planned.set(Optional.of(new Planned(statement, how)));
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var client = listening.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            sockets.add(server);
            var fromClient = new DataInputStream(client.getInputStream());
            byte[] hello = hello(fromClient, client.getOutputStream());
            if (asksForPassword) {
                askForPassword(fromClient, new DataOutputStream(client.getOutputStream()));
            }
            var toServer = new DataOutputStream(server.getOutputStream());
            toServer.writeInt(hello.length + 4);
            toServer.write(hello);
            toServer.flush();
            var line = new Line(client, server, new AtomicReference<>(Optional.empty()));
            Thread.ofVirtual().start(() -> pump(line));
            readAlong(fromClient, toServer, line);
        } catch (IOException _) {
            // One side has gone; so do we.
        }
    }

    /** No encryption is offered; then comes the message that names user and settings. */
    private byte[] hello(DataInputStream from, OutputStream to) throws IOException {
        while (true) {
            byte[] message = from.readNBytes(from.readInt() - 4);
            int code = new DataInputStream(new java.io.ByteArrayInputStream(message)).readInt();
            if (code != SSL_REQUEST && code != GSS_REQUEST) {
                var text =
                        new String(message, 4, message.length - 4, StandardCharsets.UTF_8)
                                .split("\0", -1);
                for (int at = 0; at + 1 < text.length && !text[at].isEmpty(); at += 2) {
                    startup.put(text[at], text[at + 1]);
                }
                return message;
            }
            to.write('N');
            to.flush();
        }
    }

    private void askForPassword(DataInputStream from, DataOutputStream to) throws IOException {
        to.write('R');
        to.writeInt(8);
        to.writeInt(3);
        to.flush();
        from.readByte();
        byte[] message = from.readNBytes(from.readInt() - 4);
        passwords.add(new String(message, 0, message.length - 1, StandardCharsets.UTF_8));
    }

    // The driver sends its buffer when it has to wait for an answer: what is read at once is one
    // round trip.
    private void readAlong(InputStream from, OutputStream to, Line line) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        byte[] rest = new byte[0];
        for (int length = from.read(chunk); length >= 0; length = from.read(chunk)) {
            var all =
                    ByteBuffer.allocate(rest.length + length)
                            .put(rest)
                            .put(chunk, 0, length)
                            .flip();
            note(all);
            if (breaksHere(line)) {
                return;
            }
            rest = new byte[all.remaining()];
            all.get(rest);
            to.write(chunk, 0, length);
            to.flush();
        }
    }

    private void note(ByteBuffer messages) {
        var batch = new StringBuilder();
        while (messages.remaining() >= 5
                && messages.remaining() > messages.getInt(messages.position() + 1)) {
            char type = (char) messages.get();
            byte[] message = new byte[messages.getInt() - 4];
            messages.get(message);
            note(type, message, batch);
        }
        if (!batch.isEmpty()) {
            batches.add(batch.toString());
        }
    }

    private void note(char type, byte[] message, StringBuilder batch) {
        var parts = new String(message, StandardCharsets.ISO_8859_1).split("\0", 3);
        switch (type) {
            case 'P' -> {
                name(parts[0]);
                statements.add(parts[1]);
                batch.append(parts[1].strip()).append("; ");
            }
            case 'B' -> {
                name(parts[0]);
                name(parts[1]);
            }
            case 'Q' -> {
                statements.add(parts[0]);
                batch.append(parts[0]).append("; ");
            }
            default -> {}
        }
    }

    private void name(String name) {
        if (!name.isEmpty()) {
            named.add(name);
        }
    }

    private boolean breaksHere(Line line) {
        var plan = planned.get();
        boolean isHere =
                !batches.isEmpty()
                        && plan.filter(it -> batches.getLast().contains(it.statement)).isPresent()
                        && planned.compareAndSet(plan, Optional.empty());
        if (!isHere) {
            return false;
        }
        line.broken.set(plan.map(Planned::how));
        return line.broken.get().filter(Break.BEFORE_IT_ARRIVES::equals).isPresent();
    }

    private static void pump(Line line) {
        try (InputStream in = line.server.getInputStream()) {
            var out = line.client.getOutputStream();
            byte[] chunk = new byte[64 * 1024];
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                var broken = line.broken.get();
                if (broken.filter(Break.AFTER_IT_IS_DONE::equals).isPresent()) {
                    break;
                }
                if (broken.isEmpty()) {
                    out.write(chunk, 0, length);
                }
            }
            line.client.close();
            line.server.close();
        } catch (IOException _) {
            // The other side has gone.
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (var socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
