package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Duration;
import java.util.Set;

/**
 * What the middle part of an errand is given: the ports that its descriptor names, and nothing of
 * the others. The function's rights in the cloud are derived from the same names, so what is
 * refused here would be refused there.
 */
public final class Outside {
    private final Set<Capability> declared;
    private final Ports ports;
    private final Transactions.Logins logins;
    private final TenantId tenant;

    /** Made by the boundary, and by nobody else. */
    public Outside(
            Set<Capability> declared, Ports ports, Transactions.Logins logins, TenantId tenant) {
        this.declared = Set.copyOf(declared);
        this.ports = ports;
        this.logins = logins;
        this.tenant = tenant;
    }

    /** For whoever has no second login. */
    public Outside(Set<Capability> declared, Ports ports, TenantId tenant) {
        this(
                declared,
                ports,
                login -> {
                    throw new IllegalStateException("only an errand has a second login");
                },
                tenant);
    }

    /** Signs a SHA-256 digest with the key of this purpose. */
    public Signature sign(SigningPurpose purpose, byte[] sha256) {
        mustBeDeclared(new Capability.Signs(purpose));
        return ports.signer().sign(purpose, sha256);
    }

    /** The public half of the key that signs for this purpose now. */
    public SigningKey signingKey(SigningPurpose purpose) {
        mustBeDeclared(new Capability.Signs(purpose));
        return ports.signer().key(purpose);
    }

    /** The part of the bucket that is the tenant's; no key leads out of it. */
    public ObjectStore objects(Bucket bucket) {
        mustBeDeclared(new Capability.StoresObjects(bucket));
        return new TenantObjects(ports.objects(bucket), tenant);
    }

    /** The part of the locked bucket that is the tenant's: what is there stays until its time. */
    public LockedObjects kept(Bucket bucket) {
        mustBeDeclared(new Capability.KeepsObjects(bucket));
        return new TenantObjects(ports.objects(bucket), tenant);
    }

    /**
     * A link under which the tenant's object is read for a while by whoever holds it. Nothing is
     * sent for it, so it may be made inside a transaction.
     */
    public String link(Bucket bucket, String key, Duration validity) {
        mustBeDeclared(new Capability.LinksObjects(bucket));
        return new TenantObjects(ports.objects(bucket), tenant).link(key, validity);
    }

    /** Transactions under a second login. They end with this part of the errand. */
    public Transactions as(DatabaseLogin login) {
        mustBeDeclared(new Capability.LogsInAs(login));
        return logins.as(login);
    }

    /** Sends a letter. */
    public void send(Letter letter) {
        mustBeDeclared(new Capability.SendsMail());
        ports.mail().send(letter);
    }

    /** Encrypts a secret of this tenant for the place where it will be stored. */
    public SealedSecret seal(SecretPlace place, Secret secret) {
        mustBeDeclared(new Capability.SealsSecrets(place.purpose()));
        return ports.secrets().seal(new SecretContext(tenant, place), secret);
    }

    /** Decrypts what was sealed for this tenant and place, and for no other. */
    public Secret open(SecretPlace place, SealedSecret sealed) {
        mustBeDeclared(new Capability.OpensSecrets(place.purpose()));
        return ports.secrets().open(new SecretContext(tenant, place), sealed);
    }

    /** Posts a webhook, signed. By many threads at once, if need be. */
    public Webhooks.Reply post(WebhookMessage message) {
        mustBeDeclared(new Capability.PostsWebhooks());
        return ports.webhooks().post(message);
    }

    /** The carriers, each call under the tenant's own key. */
    public Carriers carriers() {
        mustBeDeclared(new Capability.AsksCarriers());
        return ports.carriers();
    }

    /** The shops that the tenant has connected, each called as its {@link ShopAccess} says. */
    public Shops shops() {
        mustBeDeclared(new Capability.CallsShops());
        return ports.shops();
    }

    /** What the database could be restored from. */
    public Backups.Standing backups() {
        mustBeDeclared(new Capability.SeesBackups());
        return ports.backups().standing();
    }

    private void mustBeDeclared(Capability needed) {
        if (!declared.contains(needed)) {
            throw new IllegalStateException("the descriptor does not name " + needed);
        }
    }
}
