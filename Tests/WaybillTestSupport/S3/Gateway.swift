/// What answers as S3 in a test.
package enum Gateway: String, CaseIterable, CustomStringConvertible {
    /// `Fixtures/bucket.py`: in memory, stricter than most.
    case small
    /// A real Ceph (`Scripts/ceph`), or what `WAYBILL_TEST_S3` names: "URL ACCESS-KEY SECRET-KEY BUCKET".
    case ceph

    package var description: String { rawValue }

    /// Those that run here.
    package static let available: [Gateway] = {
        if CephGateway.shared != nil { return allCases }
        print("skipped: Ceph's gateway (Scripts/ceph install, then WAYBILL_TEST_CEPH=1, as root; or set WAYBILL_TEST_S3)")
        return [.small]
    }()

    /// A store that nobody else has, with its gateway.
    package func place() throws -> BucketPlace {
        switch self {
        case .small: return BucketPlace(try SmallGateway())
        case .ceph:
            guard let ceph = CephGateway.shared else { throw Waybill.Failure("Ceph does not run") }
            return BucketPlace(endpoint: ceph.endpoint, bucket: ceph.bucket, accessKey: ceph.accessKey, secretKey: ceph.secretKey)
        }
    }
}
