extension FormatError {
    /// The object breaks Protocol/: it is damaged or hostile.
    static func rejected(_ subject: String, _ cause: String) -> FormatError {
        FormatError(
            .integrity, subject: subject, cause: bounded(cause),
            remedy: "It is damaged or was not written by Waybill: take it from another mirror, or push the revision again.")
    }

    /// The object is of a layout or plan that this version does not know.
    static func unknown(_ subject: String, _ cause: String) -> FormatError {
        FormatError(.failure, subject: subject, cause: bounded(cause), remedy: "Install a newer Waybill.")
    }

    /// The same fault, found in an object instead of in what a person typed.
    func rejected(in subject: String) -> FormatError {
        .rejected(subject, "\(self.subject): \(cause)")
    }

    /// A cause repeats what an object says, which may be megabytes: its beginning and its end do for a person, an answer and a log.
    private static func bounded(_ cause: String) -> String {
        let bytes = cause.utf8
        guard bytes.count > 1_024 else { return cause }
        return String(decoding: bytes.prefix(512), as: UTF8.self) + "…" + String(decoding: bytes.suffix(512), as: UTF8.self)
    }
}
