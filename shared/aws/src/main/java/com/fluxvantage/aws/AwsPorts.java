package com.fluxvantage.aws;

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
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.outside.Webhooks;
import com.fluxvantage.runtime.CloudPorts;
import com.fluxvantage.runtime.CloudSecrets;

import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

/**
 * Opens a client for each service that the operation's descriptor names. Region and credentials are
 * the function's own; both are looked up by the first call, which comes after a snapshot.
 */
public final class AwsPorts implements CloudPorts {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private record Opened(
            Signer signer,
            Mail mail,
            Optional<Secrets> vault,
            Webhooks webhooks,
            Optional<Carriers> couriers,
            Optional<Shops> strangers,
            Backups backups,
            Map<Bucket, ObjectStore> buckets)
            implements Ports {
        @Override
        public Secrets secrets() {
            return vault.orElseThrow(
                    () -> new IllegalStateException("this function keeps no secrets"));
        }

        @Override
        public Carriers carriers() {
            return couriers.orElseThrow(
                    () -> new IllegalStateException("this function asks no carrier"));
        }

        @Override
        public Shops shops() {
            return strangers.orElseThrow(
                    () -> new IllegalStateException("this function calls no shops"));
        }

        @Override
        public ObjectStore objects(Bucket bucket) {
            var opened = buckets.get(bucket);
            if (opened == null) {
                throw new IllegalStateException("this function has no bucket of " + bucket);
            }
            return opened;
        }
    }

    @Override
    public Ports open(Operation<?, ?> operation, UnaryOperator<String> setting) {
        var keys = new EnumMap<SigningPurpose, String>(SigningPurpose.class);
        var buckets = new EnumMap<Bucket, ObjectStore>(Bucket.class);
        Mail mail =
                _ -> {
                    throw new IllegalStateException("this function sends no letters");
                };
        var secrets = Optional.<Secrets>empty();
        Webhooks webhooks =
                _ -> {
                    throw new IllegalStateException("this function posts nothing");
                };
        var carriers = Optional.<Carriers>empty();
        var shops = Optional.<Shops>empty();
        Backups backups =
                () -> {
                    throw new IllegalStateException("this function sees no backups");
                };
        for (var capability : operation.capabilities()) {
            switch (capability) {
                case Capability.Signs(var purpose) ->
                        keys.put(
                                purpose,
                                setting.apply("fv.signing.key." + dotted(purpose.publicName())));
                case Capability.StoresObjects(var bucket) ->
                        buckets.put(bucket, s3(bucket, setting));
                case Capability.KeepsObjects(var bucket) ->
                        buckets.put(bucket, s3(bucket, setting));
                case Capability.LinksObjects(var bucket) ->
                        buckets.put(bucket, s3(bucket, setting));
                case Capability.SeesBackups _ ->
                        backups =
                                new RdsBackups(
                                        () -> JsonEndpoint.Way.here(RdsBackups.HOST),
                                        setting.apply("fv.database.cluster"));
                case Capability.SendsMail _ -> mail = ses(setting);
                case Capability.SealsSecrets _, Capability.OpensSecrets _ ->
                        secrets = Optional.of(CloudSecrets.of(setting));
                case Capability.PostsWebhooks _ -> webhooks = inTheZip(Webhooks.class);
                case Capability.AsksCarriers _ -> carriers = Optional.of(inTheZip(Carriers.class));
                case Capability.CallsShops _ -> shops = Optional.of(inTheZip(Shops.class));
                case Capability.ReachesIdentityProvider _,
                        Capability.ReadsProofKey _,
                        Capability.LogsInAs _ -> {}
            }
        }
        return new Opened(
                new KmsSigner(() -> JsonEndpoint.Way.here(KmsSigner.HOST), keys),
                mail,
                secrets,
                webhooks,
                carriers,
                shops,
                backups,
                buckets);
    }

    static SdkHttpClient http() {
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(ANSWER)
                .build();
    }

    // No service of the cloud: whoever speaks to others has the library for it in its zip.
    private static <P> P inTheZip(Class<P> port) {
        return ServiceLoader.load(port)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                "this zip has no way to " + port.getSimpleName()));
    }

    private static Mail ses(UnaryOperator<String> setting) {
        return new SesMail(
                () -> JsonEndpoint.Way.here(SesMail.HOST),
                setting.apply("fv.mail.from"),
                setting.apply("fv.mail.templates"));
    }

    private static ObjectStore s3(Bucket bucket, UnaryOperator<String> setting) {
        return S3Objects.in(setting.apply("fv.bucket." + dotted(bucket.publicName())));
    }

    // FV_SIGNING_KEY_AUDIT_SEAL in the environment.
    private static String dotted(String name) {
        return name.replace('-', '.');
    }
}
