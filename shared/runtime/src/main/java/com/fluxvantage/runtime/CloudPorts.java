package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.outside.Backups;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Carriers;
import com.fluxvantage.kernel.outside.Mail;
import com.fluxvantage.kernel.outside.ObjectStore;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.Webhooks;

import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

/**
 * Opens the ports to the cloud's services. Whatever implements it is found by {@link
 * ServiceLoader}, so that only the zips whose operations act outside carry a cloud's libraries.
 */
public interface CloudPorts {
    /**
     * Opens them for one operation.
     *
     * @param setting answers the value of a property that the function's environment has
     */
    Ports open(Operation<?, ?> operation, UnaryOperator<String> setting);

    /** Those of this process; for an operation that does not act outside, none. */
    static Ports of(Operation<?, ?> operation, UnaryOperator<String> setting) {
        if (!isWantedBy(operation)) {
            return new None();
        }
        return ServiceLoader.load(CloudPorts.class)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                operation + " acts outside, and its zip has no way there"))
                .open(operation, setting);
    }

    /** Whether the operation acts outside, so that something of a cloud has to be there for it. */
    static boolean isWantedBy(Operation<?, ?> operation) {
        return operation.capabilities().stream().anyMatch(CloudPorts::isPort);
    }

    private static boolean isPort(Capability capability) {
        return switch (capability) {
            case Capability.Signs _,
                    Capability.StoresObjects _,
                    Capability.KeepsObjects _,
                    Capability.SeesBackups _,
                    Capability.LinksObjects _,
                    Capability.PostsWebhooks _,
                    Capability.AsksCarriers _,
                    Capability.CallsShops _,
                    Capability.SendsMail _,
                    Capability.SealsSecrets _,
                    Capability.OpensSecrets _ ->
                    true;
            case Capability.ReachesIdentityProvider _,
                    Capability.ReadsProofKey _,
                    Capability.LogsInAs _ ->
                    false;
        };
    }

    /** No way out. */
    record None() implements Ports {
        @Override
        public Signer signer() {
            throw new IllegalStateException("this operation does not act outside");
        }

        @Override
        public Mail mail() {
            throw new IllegalStateException("this operation does not act outside");
        }

        @Override
        public Secrets secrets() {
            throw new IllegalStateException("this operation does not act outside");
        }

        @Override
        public Webhooks webhooks() {
            throw new IllegalStateException("this operation does not act outside");
        }

        @Override
        public Carriers carriers() {
            throw new IllegalStateException("this operation does not act outside");
        }

        @Override
        public Shops shops() {
            throw new IllegalStateException("this operation does not act outside");
        }

        @Override
        public Backups backups() {
            throw new IllegalStateException("this operation does not act outside");
        }

        @Override
        public ObjectStore objects(Bucket bucket) {
            throw new IllegalStateException("this operation does not act outside");
        }
    }
}
