package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.quantity.Quantity;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes the request record of one operation from a call: path variables, then query parameters of a
 * read or the body of a write. Each field has one place to come from; everything else is refused.
 */
final class RequestReader<Q extends Record> {
    private static final int LONGEST_PARAMETER = 1_000;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Set<Class<?>> NUMBERS =
            Set.of(
                    long.class,
                    Long.class,
                    int.class,
                    Integer.class,
                    Quantity.class,
                    PageLimit.class);
    private static final Set<Class<?>> TRUTHS = Set.of(boolean.class, Boolean.class);

    private final JsonMapper json = KernelJson.guarded();
    private final Class<Q> type;
    private final Map<String, Type> fields = new HashMap<>();
    private final Set<String> pathVariables;

    RequestReader(Operation<Q, ?> operation, Set<String> pathVariables) {
        this.type = operation.requestType();
        this.pathVariables = Set.copyOf(pathVariables);
        for (RecordComponent component : type.getRecordComponents()) {
            fields.put(Names.snake(component.getName()), component.getGenericType());
        }
        if (!fields.keySet().containsAll(pathVariables)) {
            throw new IllegalStateException(
                    operation + " has a path variable that is no field of its request");
        }
    }

    Q fromQuery(Map<String, String> path, Map<String, List<String>> query) {
        var tree = json.createObjectNode();
        put(tree, path);
        for (var parameter : query.entrySet()) {
            String name = parameter.getKey();
            if (!fields.containsKey(name) || pathVariables.contains(name)) {
                throw new ProblemFound(Problem.of(BoundaryProblem.UNKNOWN_PARAMETER));
            }
            if (parameter.getValue().size() != 1) {
                throw new ProblemFound(
                        Problem.of(BoundaryProblem.REPEATED_PARAMETER).at("#/" + name, "repeated"));
            }
            put(tree, Map.of(name, parameter.getValue().getFirst()));
        }
        return make(tree);
    }

    Q fromBody(Map<String, String> path, @Nullable String body) {
        var tree = parse(body == null || body.isBlank() ? "{}" : body);
        for (String name : pathVariables) {
            if (tree.has(name)) {
                throw new ProblemFound(unknownField("#"));
            }
        }
        put(tree, path);
        return make(tree);
    }

    private ObjectNode parse(String body) {
        JsonNode tree;
        try {
            tree = json.readTree(body);
        } catch (JacksonException e) {
            throw new ProblemFound(Problem.of(BoundaryProblem.NOT_JSON));
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new ProblemFound(Problem.of(BoundaryProblem.NOT_JSON));
    }

    // A number in a path or a query is text, and so is a list, its elements apart by commas; the
    // record's own type says what it means.
    private void put(ObjectNode tree, Map<String, String> values) {
        values.forEach((name, value) -> {
            if (value.length() > LONGEST_PARAMETER) {
                throw new ProblemFound(
                        Problem.invalid("#/" + name, "too-long", "This value is too long."));
            }
            Class<?> raw = plain(fields.getOrDefault(name, String.class));
            if (NUMBERS.contains(raw) && WHOLE_NUMBER.matcher(value).matches()) {
                tree.put(name, Long.parseLong(value));
            } else if (TRUTHS.contains(raw) && (value.equals("true") || value.equals("false"))) {
                tree.put(name, value.equals("true"));
            } else if (raw == List.class) {
                var list = tree.putArray(name);
                for (String element : value.split(",", -1)) {
                    list.add(element);
                }
            } else {
                tree.put(name, value);
            }
        });
    }

    private static Class<?> plain(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            return plain(generic.getActualTypeArguments()[0]);
        }
        if (type instanceof ParameterizedType generic) {
            return plain(generic.getRawType());
        }
        return (Class<?>) type;
    }

    private Q make(ObjectNode tree) {
        try {
            return json.treeToValue(tree, type);
        } catch (UnrecognizedPropertyException e) {
            // The last step is the unknown name itself.
            throw new ProblemFound(
                    unknownField(pointer(e.getPath().subList(0, e.getPath().size() - 1))));
        } catch (InputCoercionException e) {
            throw new ProblemFound(
                    Problem.invalid(pointer(e), "out-of-range", "This number is too large."));
        } catch (DatabindException e) {
            throw new ProblemFound(problem(e));
        } catch (InvalidValue e) {
            throw new ProblemFound(invalid("#", e));
        }
    }

    private Problem problem(DatabindException e) {
        InvalidValue invalid = cause(e);
        if (invalid != null) {
            return invalid(pointer(e), invalid);
        }
        if (e.getCause() != null && !(e.getCause() instanceof JacksonException)) {
            throw new IllegalStateException("a request record failed on its own", e);
        }
        String pointer = pointer(e);
        if (isMissing(e)) {
            return Problem.invalid(pointer, "required", "This field has to be there.");
        }
        return Problem.of(BoundaryProblem.WRONG_TYPE).at(pointer, "wrong-type");
    }

    // The mapper says it in words only; all three sentences start like this and name the field last
    // in the path.
    private static boolean isMissing(DatabindException e) {
        String message = String.valueOf(e.getOriginalMessage());
        return message.startsWith("Missing required creator property")
                || message.startsWith("Null value for creator property")
                || message.startsWith("Cannot map `null` into type");
    }

    private static @Nullable InvalidValue cause(@Nullable Throwable from) {
        var seen = new HashSet<Throwable>();
        for (Throwable at = from; at != null && seen.add(at); at = at.getCause()) {
            if (at instanceof InvalidValue invalid) {
                return invalid;
            }
        }
        return null;
    }

    private static Problem invalid(String pointer, InvalidValue e) {
        String inner = e.field().isEmpty() ? "" : "/" + Names.snake(e.field());
        return Problem.invalid(pointer + inner, e.code(), e.sentence());
    }

    private static Problem unknownField(String parent) {
        // The name of the field was typed by the caller, so only where it stands is told.
        return Problem.of(BoundaryProblem.UNKNOWN_FIELD).at(parent, "unknown-field");
    }

    private static String pointer(JacksonException e) {
        return pointer(e.getPath());
    }

    private static String pointer(List<JacksonException.Reference> steps) {
        var pointer = new StringBuilder("#");
        for (var step : steps) {
            pointer.append('/')
                    .append(
                            step.getPropertyName() == null
                                    ? step.getIndex()
                                    : step.getPropertyName());
        }
        return pointer.toString();
    }
}
