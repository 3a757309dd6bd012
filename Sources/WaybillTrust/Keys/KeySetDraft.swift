import WaybillFormat
import WaybillSystem

/// A key set in the making: set 1, or changes to the newest one. Nothing is signed here.
public struct KeySetDraft: Sendable {
    public let org: OrganizationName
    public let n: Int
    private let previous: Fingerprint?
    public private(set) var keys: [KeySet.Key]
    public private(set) var roles: [KeySet.Role]
    public private(set) var revokedKeys: [KeySet.Revocation]
    public private(set) var revokedManifests: [KeySet.Revocation]
    public var expires: String?

    /// Set 1, whose only role is `root`.
    public init(org: OrganizationName, root: [KeySet.Key], threshold: Int, expires: String? = nil) {
        self.org = org
        n = 1
        previous = nil
        keys = root
        roles = [KeySet.Role(.root, keys: root.map(\.id), threshold: threshold)]
        revokedKeys = []
        revokedManifests = []
        self.expires = expires
    }

    /// The set after `newest`, as yet like it.
    public init(after newest: TrustedKeySet) {
        let set = newest.keySet
        org = set.org
        n = set.n + 1
        previous = newest.fingerprint
        keys = set.keys
        roles = set.roles
        revokedKeys = set.revokedKeys
        revokedManifests = set.revokedManifests
        expires = set.expires
    }

    /// The set, for signing.
    /// - Parameter time: in `Timestamp`'s form.
    /// - Throws: `.usage` if it breaks a rule of Protocol/TRUST.md.
    public func keySet(time: String) throws(TrustError) -> SignedKeySet {
        let set = KeySet(
            org: org, n: n, previous: previous, keys: keys, roles: roles, revokedKeys: revokedKeys, revokedManifests: revokedManifests,
            time: time, expires: expires)
        do throws(TrustError) {
            return try SignedKeySet(set)
        } catch {
            throw TrustError(.usage, subject: error.subject, cause: error.cause, remedy: "Change what was asked for; nothing was written")
        }
    }

    /// Adds a key that is in no role yet; one that stands already keeps its place and gets the name.
    /// - Throws: `.usage` for a key that is revoked.
    public mutating func add(_ key: KeySet.Key) throws(TrustError) {
        if let row = revokedKeys.first(where: { $0.digest == key.id }) {
            throw usage("the key \(key.id) was revoked on \(row.time)", "Make a new key: a revoked one never counts again")
        }
        keys.removeAll { $0.id == key.id }
        keys.append(key)
    }

    /// Puts a key into the role of that kind for those models, which is made if there is none.
    /// - Throws: `.usage` for a key that does not stand among the keys.
    public mutating func grant(_ kind: KeySet.RoleKind, to id: Digest, models: [NameGlob] = [.everything]) throws(TrustError) {
        guard keys.contains(where: { $0.id == id }) else { throw unknown(id) }
        guard let at = roles.firstIndex(where: { $0.kind == kind && $0.models == models }) else {
            roles.append(KeySet.Role(kind, keys: [id], models: models))
            return
        }
        let role = roles[at]
        guard !role.keys.contains(id) else { return }
        roles[at] = KeySet.Role(kind, keys: role.keys + [id], models: models, threshold: role.threshold)
    }

    /// - Throws: `.usage` if there is no such role, or fewer keys in it.
    public mutating func setThreshold(_ threshold: Int, of kind: KeySet.RoleKind, models: [NameGlob] = [.everything]) throws(TrustError) {
        guard let at = roles.firstIndex(where: { $0.kind == kind && $0.models == models }) else {
            throw usage("there is no role \(kind.rawValue) for those models", "'waybill trust show' lists the roles")
        }
        guard (1...roles[at].keys.count).contains(threshold) else {
            throw usage(
                "a threshold of \(threshold) with \(roles[at].keys.count) keys", "A threshold is 1 to the number of keys of the role")
        }
        roles[at] = KeySet.Role(kind, keys: roles[at].keys, models: models, threshold: threshold)
    }

    /// Takes a key out of the set and of all its roles; a role without keys goes, too.
    /// - Throws: `.usage` if a role would have fewer keys than its threshold, or no root key would be left.
    public mutating func remove(_ id: Digest) throws(TrustError) {
        guard keys.contains(where: { $0.id == id }) else { throw unknown(id) }
        var left: [KeySet.Role] = []
        for role in roles {
            let kept = role.keys.filter { $0 != id }
            if kept.isEmpty, role.kind != .root { continue }
            guard kept.count >= role.threshold else {
                throw usage(
                    "without this key the role \(role.kind.rawValue) has \(kept.count) keys, and needs \(role.threshold)",
                    "Add another key first, or lower the threshold")
            }
            left.append(KeySet.Role(role.kind, keys: kept, models: role.models, threshold: role.threshold))
        }
        roles = left
        keys.removeAll { $0.id == id }
    }

    /// Puts `new` into the place of `old` in every role.
    /// - Throws: `.usage` for keys that cannot change places.
    public mutating func rotate(_ old: Digest, to new: KeySet.Key) throws(TrustError) {
        guard keys.contains(where: { $0.id == old }) else { throw unknown(old) }
        guard new.id != old else { throw usage("the new key is the old one", "Give another key") }
        guard !roles.contains(where: { $0.keys.contains(old) && $0.keys.contains(new.id) }) else {
            throw usage("the new key already stands in a role of the old one", "Use 'remove' for the old key")
        }
        try add(new)
        roles = roles.map { role in
            KeySet.Role(role.kind, keys: role.keys.map { $0 == old ? new.id : $0 }, models: role.models, threshold: role.threshold)
        }
        keys.removeAll { $0.id == old }
    }

    /// The key counts for nothing any more, also in what it signed before. It keeps its place in the roles, so that revokers may do this
    /// alone; `remove` or `rotate` takes it out.
    /// - Parameter time: in `Timestamp`'s form.
    public mutating func revoke(key id: Digest, reason: String, time: String) throws(TrustError) {
        guard !revokedKeys.contains(where: { $0.digest == id }) else {
            throw usage("the key \(id) is revoked already", "Nothing is to be done")
        }
        revokedKeys.append(KeySet.Revocation(id, reason: reason, time: time))
    }

    /// Nobody may use the manifest any more.
    public mutating func revoke(manifest: Digest, reason: String, time: String) throws(TrustError) {
        guard !revokedManifests.contains(where: { $0.digest == manifest }) else {
            throw usage("the manifest \(manifest) is revoked already", "Nothing is to be done")
        }
        revokedManifests.append(KeySet.Revocation(manifest, reason: reason, time: time))
    }

    private func usage(_ cause: String, _ remedy: String) -> TrustError {
        TrustError(.usage, subject: "key set \(n) of \(org)", cause: cause, remedy: remedy)
    }

    private func unknown(_ id: Digest) -> TrustError {
        usage("the key \(id) does not stand among its keys", "'waybill trust show' lists the keys")
    }
}

extension KeySet.Key {
    /// - Parameter name: for people.
    public init(_ key: PublicKey, name: String) { self.init(id: key.id, name: name, publicKey: key.der) }
}
