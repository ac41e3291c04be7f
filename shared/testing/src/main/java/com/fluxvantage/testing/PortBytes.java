package com.fluxvantage.testing;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Secret;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What ports are given and answer, as bytes between two processes of one test. The records of the
 * kernel cannot be serialized, and need not be able to only for tests: their parts stand for them.
 */
final class PortBytes {
    private PortBytes() {}

    /** Whatever has no bytes of its own, taken apart. */
    private sealed interface Parts extends Serializable {
        Object whole();
    }

    private record OfRecord(Class<?> type, List<Object> parts) implements Parts {
        static OfRecord of(Record whole) {
            return new OfRecord(
                    whole.getClass(),
                    Arrays.stream(whole.getClass().getRecordComponents())
                            .map(it -> part(it, whole))
                            .toList());
        }

        private static Object part(RecordComponent component, Record whole) {
            try {
                var accessor = component.getAccessor();
                accessor.setAccessible(true);
                return accessor.invoke(whole);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("every part of a record can be read", e);
            }
        }

        @Override
        public Object whole() {
            try {
                var maker =
                        type.getDeclaredConstructor(
                                Arrays.stream(type.getRecordComponents())
                                        .map(RecordComponent::getType)
                                        .toArray(Class<?>[]::new));
                maker.setAccessible(true);
                return maker.newInstance(parts.toArray());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("every record can be made of its parts", e);
            }
        }
    }

    private record OfOptional(List<?> part) implements Parts {
        @Override
        public Object whole() {
            return part.stream().findFirst();
        }
    }

    private record OfInt(List<Integer> part) implements Parts {
        @Override
        public Object whole() {
            return part.stream().mapToInt(it -> it).findFirst();
        }
    }

    private record OfSecret(String hex) implements Parts {
        @Override
        public Object whole() {
            return Secret.of(HexFormat.of().parseHex(hex));
        }
    }

    private record OfBytes(String hex) implements Parts {
        @Override
        public Object whole() {
            return Bytes.of(HexFormat.of().parseHex(hex));
        }
    }

    private static Object apart(Object whole) {
        return switch (whole) {
            case Serializable it -> it;
            case Record it -> OfRecord.of(it);
            case Optional<?> it -> new OfOptional(it.stream().toList());
            case OptionalInt it -> new OfInt(it.stream().boxed().toList());
            case Secret it -> new OfSecret(HexFormat.of().formatHex(it.reveal()));
            case Bytes it -> new OfBytes(it.hex());
            default -> whole;
        };
    }

    static byte[] of(Object value) {
        var bytes = new ByteArrayOutputStream();
        try (var output = new Output(bytes)) {
            output.writeObject(value);
        } catch (IOException e) {
            throw new UncheckedIOException("a port is given only what has bytes", e);
        }
        return bytes.toByteArray();
    }

    static Object value(byte[] bytes) {
        try (var input = new Input(bytes)) {
            return input.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("both processes have the same classes", e);
        }
    }

    private static final class Output extends ObjectOutputStream {
        Output(OutputStream to) throws IOException {
            super(to);
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object whole) {
            return apart(whole);
        }
    }

    private static final class Input extends ObjectInputStream {
        Input(byte[] bytes) throws IOException {
            super(new ByteArrayInputStream(bytes));
            setObjectInputFilter(
                    ObjectInputFilter.Config.createFilter(
                            "com.fluxvantage.**;com.amazonaws.**;java.base/*;!*"));
            enableResolveObject(true);
        }

        @Override
        protected Object resolveObject(Object read) {
            return read instanceof Parts parts ? parts.whole() : read;
        }
    }
}
