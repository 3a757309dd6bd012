import WaybillFormat
import WaybillSystem

extension FormatError {
    /// A file that could not be read, in an operation that otherwise fails by what the papers say.
    init(_ error: SystemError) {
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
    }
}
