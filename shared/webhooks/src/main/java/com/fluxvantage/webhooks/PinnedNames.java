package com.fluxvantage.webhooks;

import org.apache.hc.client5.http.DnsResolver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Looks a name up, once for each connection, and answers addresses that were judged. The client
 * connects to these and asks nobody again, so an answer that changes after it was judged changes
 * nothing. A name of which one address is not public is refused whole: no honest name is.
 */
final class PinnedNames implements DnsResolver {
    /** The addresses of a name, as whoever knows names has them at this moment. */
    @FunctionalInterface
    interface Lookup {
        List<InetSocketAddress> addresses(String host, int port) throws UnknownHostException;
    }

    /** The name means something that is not on the public internet. Says not what. */
    static final class ForbiddenAddress extends UnknownHostException {
        private static final long serialVersionUID = 1L;
    }

    private final Lookup lookup;
    private final boolean allowsLoopback;

    PinnedNames(Lookup lookup, boolean allowsLoopback) {
        this.lookup = lookup;
        this.allowsLoopback = allowsLoopback;
    }

    /** As the machine does. */
    static List<InetSocketAddress> system(String host, int port) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host))
                .map(it -> new InetSocketAddress(it, port))
                .toList();
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        var found = lookup.addresses(host, port);
        if (found.isEmpty()) {
            throw new UnknownHostException();
        }
        for (var address : found) {
            if (!isAllowed(address)) {
                throw new ForbiddenAddress();
            }
        }
        return found;
    }

    private boolean isAllowed(InetSocketAddress address) {
        // Unresolved, the client would look it up itself.
        return !address.isUnresolved()
                && (PublicInternet.holds(address.getAddress())
                        || (allowsLoopback && address.getAddress().isLoopbackAddress()));
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        return resolve(host, 0).stream()
                .map(InetSocketAddress::getAddress)
                .toArray(InetAddress[]::new);
    }

    /** Nothing is asked beyond the name's addresses. */
    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
