extension FormatError {
    /// The object breaks Protocol/: it is damaged or hostile.
    static func rejected(_ subject: String, _ cause: String) -> FormatError {
        FormatError(
            .integrity, subject: subject, cause: cause,
            remedy: "It is damaged or was not written by Waybill: take it from another mirror, or push the revision again.")
    }

    /// The object is of a layout or plan that this version does not know.
    static func unknown(_ subject: String, _ cause: String) -> FormatError {
        FormatError(.failure, subject: subject, cause: cause, remedy: "Install a newer Waybill.")
    }

    /// The same fault, found in an object instead of in what a person typed.
    func rejected(in subject: String) -> FormatError {
        .rejected(subject, "\(self.subject): \(cause)")
    }
}
