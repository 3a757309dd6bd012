import WaybillFormat
import WaybillSystem

/// The list of files that somebody who is trusted signed.
public struct SignedModel: Sendable {
    /// The signer's name for the model: shown, never decided upon.
    public let name: String
    /// In the order in which they were signed; each path once, relative and normalised, none ignored.
    public let files: [SignedFile]
    /// What the signer says that they left out.
    public let ignoredPaths: [String]
    /// SHA-256 over the files' digests in that order. It says nothing of their names.
    public let rootDigest: Digest
    public let signer: ModelSigner
    private let subject: String

    /// What a signature may leave out by itself: nothing that a model is loaded from.
    public static let allowedIgnoredPaths: Set<String> = [".waybill", ".git", ".cache", ".gitignore", ".gitattributes", ".github"]
    /// What Waybill itself never takes for a part of a model, whatever a signature says; in a model's top folder.
    public static let ownIgnoredPaths = [".waybill", ".git", ".cache"]

    init(payload: [UInt8], signer: ModelSigner, subject: String) throws(TrustError) {
        self.signer = signer
        self.subject = subject
        let statement: Statement
        let predicate: SigningPredicate
        do throws(FormatError) {
            statement = try Statement(decoding: payload, subject: subject)
            guard statement.predicateType == SigningPredicate.type else {
                let type = StrangerText.neutralised(statement.predicateType, atMost: 128)
                throw FormatError(subject: subject, cause: "replay: what was signed is no model's file list but `\(type)`")
            }
            predicate = try SigningPredicate(decoding: statement.predicate, subject: subject)
        } catch {
            throw error.code == .policy ? TrustError(error) : ModelSignature.broken(subject, error.cause)
        }
        guard statement.subjects.count == 1, let stated = statement.subjects.first?.sha256 else {
            throw ModelSignature.broken(subject, "does not name one model by its SHA-256")
        }
        rootDigest = Self.rootDigest(predicate.files)
        guard stated == rootDigest else {
            throw ModelSignature.broken(subject, "names a model by a digest that is not the one of the files that it lists")
        }
        name = StrangerText.neutralised(statement.subjects[0].name, atMost: 256)
        files = predicate.files
        ignoredPaths = predicate.ignoredPaths
    }

    /// SHA-256 over the raw digests of `files`, in their order.
    static func rootDigest(_ files: [SignedFile]) -> Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(files.count * Digest.byteCount)
        for file in files { file.sha256.append(to: &bytes) }
        return SHA256.digest(of: bytes)
    }

    /// Holds the signed list against the files at hand: all regular files of a directory, or of a manifest.
    ///
    /// A file that is not on the list is refused, unless it lies under one of `ownIgnoredPaths`, is the signature itself, or was left
    /// out by the signer *and* is one of `allowedIgnoredPaths` or of the caller's. What the signer leaves out beyond that counts for nothing.
    /// - Parameters:
    ///   - signatureFile: where the signature lies among the files; nil if it does not.
    ///   - ignoring: what the caller, not the signer, accepts unsigned, with everything below it.
    /// - Returns: the files that no signature covers, by path: to be shown.
    /// - Throws: `.integrity`, naming the first file, in the order of UTF-8, that is more, fewer or different.
    public func compare(
        with files: [SignedFile], signatureFile: String? = nil, ignoring: [String] = []
    ) throws(TrustError) -> [String] {
        let tolerated = IgnoredPaths(
            ignoredPaths.filter(Self.allowedIgnoredPaths.contains) + Self.ownIgnoredPaths + ignoring + (signatureFile.map { [$0] } ?? []))
        let signed = Self.sorted(self.files)
        let found = Self.sorted(files)
        var unsigned: [String] = []
        var next = 0
        for file in found {
            if next < signed.count, Self.precedes(signed[next], file) { throw missing(signed[next]) }
            if next < signed.count, signed[next].path.utf8.elementsEqual(file.path.utf8) {
                guard signed[next].sha256 == file.sha256 else { throw different(file, signed[next].sha256) }
                next += 1
            } else if tolerated.contains(file.path) {
                unsigned.append(file.path)
            } else {
                throw unlisted(file)
            }
        }
        if next < signed.count { throw missing(signed[next]) }
        return unsigned
    }

    private static func sorted(_ files: [SignedFile]) -> [SignedFile] { files.sorted(by: precedes) }

    private static func precedes(_ a: SignedFile, _ b: SignedFile) -> Bool { a.path.utf8.lexicographicallyPrecedes(b.path.utf8) }

    private func missing(_ file: SignedFile) -> TrustError {
        mismatch("`\(shown(file.path))` was signed and is not there", "Take the missing file from where the model came from")
    }

    private func different(_ file: SignedFile, _ signed: Digest) -> TrustError {
        mismatch(
            "`\(shown(file.path))` is not what was signed: its SHA-256 is \(file.sha256), not \(signed)",
            "Do not use the file: take the model again from where it came from")
    }

    private func unlisted(_ file: SignedFile) -> TrustError {
        let isLeftOut = IgnoredPaths(ignoredPaths).contains(file.path)
        return mismatch(
            "unsigned: `\(shown(file.path))` is there and was not signed" + (isLeftOut ? "; the signer left it out" : ""),
            "Remove the file, or say that you accept it unsigned: --ignore PATH")
    }

    private func mismatch(_ cause: String, _ remedy: String) -> TrustError {
        TrustError(.integrity, subject: subject, cause: "the signed list is not the files: \(cause)", remedy: remedy)
    }

    private func shown(_ path: String) -> String { StrangerText.neutralised(path, atMost: 256) }
}
