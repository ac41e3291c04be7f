package com.fluxvantage.webhooks;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses are on the public internet. IPv4 is judged by the special-purpose registry of
 * IANA (RFC 6890 and its updates), and multicast and the reserved range are not public. Of IPv6
 * only 2000::/3 is given to anybody (RFC 4291), less what in it is no host of its own or leads back
 * into IPv4.
 */
final class PublicInternet {
    private static final List<Range> NOT_PUBLIC =
            Stream.of(
                            "0.0.0.0/8", // this network
                            "10.0.0.0/8", // private
                            "100.64.0.0/10", // behind a carrier's NAT; a cloud's metadata
                            "127.0.0.0/8", // loopback
                            "168.63.129.16/32", // what a cloud answers to its machines
                            "169.254.0.0/16", // link-local; metadata
                            "172.16.0.0/12", // private
                            "192.0.0.0/24", // protocols
                            "192.0.2.0/24", // documentation
                            "192.31.196.0/24", // AS112
                            "192.52.193.0/24", // AMT
                            "192.88.99.0/24", // 6to4 relays
                            "192.168.0.0/16", // private
                            "192.175.48.0/24", // AS112
                            "198.18.0.0/15", // benchmarks
                            "198.51.100.0/24", // documentation
                            "203.0.113.0/24", // documentation
                            "224.0.0.0/4", // multicast
                            "240.0.0.0/4", // reserved; broadcast
                            "2001::/23", // protocols: Teredo, ORCHID
                            "2001:db8::/32", // documentation
                            "2002::/16", // 6to4
                            "2620:4f:8000::/48", // AS112
                            "3fff::/20") // documentation
                    .map(Range::of)
                    .toList();

    private static final Range GIVEN_TO_SOMEBODY = Range.of("2000::/3");

    /** Addresses that begin with the same bits. */
    private static final class Range {
        private final byte[] first;
        private final int bits;

        private Range(byte[] first, int bits) {
            this.first = first;
            this.bits = bits;
        }

        static Range of(String notation) {
            int slash = notation.indexOf('/');
            try {
                return new Range(
                        InetAddress.getByName(notation.substring(0, slash)).getAddress(),
                        Integer.parseInt(notation.substring(slash + 1)));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address in numbers is looked up nowhere", e);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != first.length) {
                return false;
            }
            int whole = bits / 8;
            int mask = 0xff00 >> bits % 8 & 0xff;
            return Arrays.equals(address, 0, whole, first, 0, whole)
                    && (mask == 0 || (address[whole] & mask) == (first[whole] & mask));
        }
    }

    private PublicInternet() {}

    static boolean holds(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean isGiven = address instanceof Inet4Address || GIVEN_TO_SOMEBODY.holds(bytes);
        return isGiven && NOT_PUBLIC.stream().noneMatch(it -> it.holds(bytes));
    }
}
