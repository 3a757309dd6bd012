import Testing
import WaybillFormat
import WaybillSystem
import WaybillTrust

@Suite struct TrustErrorTests {
    @Test func keepsWhatALowerModuleSays() {
        let lower = SystemError(.integrity, subject: "key.pem", cause: "holds no public key", remedy: "Take another")
        #expect(TrustError(lower) == TrustError(.integrity, subject: "key.pem", cause: "holds no public key", remedy: "Take another"))
    }
}
