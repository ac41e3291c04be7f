package com.fluxvantage.registry;

import com.fluxvantage.registry.World.Scene;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Labels at each step of their way. */
final class CarrierScenes {
    private final Client client;
    private final String warehouse;
    private final Supplier<String> carton;
    private final Map<String, Scene> scenes = new LinkedHashMap<>();

    private CarrierScenes(Client client, String warehouse, Supplier<String> carton) {
        this.client = client;
        this.warehouse = warehouse;
        this.carton = carton;
    }

    /** {@code carton} packs one more. */
    static Map<String, Scene> of(Client client, String warehouse, Supplier<String> carton) {
        var carriers = new CarrierScenes(client, warehouse, carton);
        carriers.connections();
        carriers.labels();
        return carriers.scenes;
    }

    private void connections() {
        scenes.put("connect-carrier", Scene.post(Map.of(), connection("Carriers of the square")));
        scenes.put("search-carriers", Scene.get(Map.of(), Map.of()));
        scenes.put(
                "set-carrier-signature",
                Scene.post(
                        connected("Carriers that sign"),
                        """
                        {"secret": "planted-secret-of-a-carrier"}\
                        """));
        scenes.put("disconnect-carrier", Scene.post(connected("Carriers that end"), "{}"));
    }

    private void labels() {
        var carrier = newConnection("Carriers");
        scenes.put("rate-carton", Scene.post(Map.of("carton_id", carton.get()), rating(carrier)));
        var rated = rated(carrier);
        scenes.put("buy-label", Scene.post(rated, "{\"rate_no\": 1}"));
        var bought = rated(carrier);
        post("buy-label", bought, "{\"rate_no\": 2}");
        var given = rated(carrier);
        client.platform().clockwork().turn();
        scenes.put("get-label", Scene.get(bought, Map.of()));
        scenes.put("print-label", Scene.get(bought, Map.of()));
        scenes.put("void-label", Scene.post(given, "{}"));
        var order = client.get("get-label", bought, Map.of()).text("order_id");
        scenes.put("list-labels", Scene.get(Map.of("order_id", order), Map.of()));
    }

    private Map<String, String> rated(String carrier) {
        var label =
                post("rate-carton", Map.of("carton_id", carton.get()), rating(carrier))
                        .text("label_id");
        client.platform().clockwork().turn();
        return Map.of("label_id", label);
    }

    private Map<String, String> connected(String name) {
        return Map.of("carrier_id", newConnection(name));
    }

    private String newConnection(String name) {
        return post("connect-carrier", Map.of(), connection(name)).text("carrier_id");
    }

    private String connection(String name) {
        return """
        {"kind": "EASYPOST", "name": "%s", "warehouse_id": "%s", "key": "EZTKplantedplantedplanted",
         "sender": {"name": "Scene Ltd", "street": "1 Dock Road", "city": "Leeds", "postcode": "LS1 1AB",
                    "country": "GB"}}\
        """
                .formatted(name, warehouse);
    }

    private static String rating(String carrier) {
        return """
        {"carrier_id": "%s", "length_millimetres": 300, "width_millimetres": 200, "height_millimetres": 150,
         "weight_grams": 740, "format": "ZPL"}\
        """
                .formatted(carrier);
    }

    private Answer post(String operation, Map<String, String> path, String body) {
        var answer = client.post(operation, path, body);
        if (answer.status() >= 300) {
            throw new AssertionError("carriers can be set up: " + operation + " " + answer);
        }
        return answer;
    }
}
