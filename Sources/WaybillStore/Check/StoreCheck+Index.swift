import WaybillFormat
import WaybillSystem

extension StoreCheck {
    /// Rows of the chunk index that are compared with the packs at once.
    private static let indexRows = 65_536

    /// The chunk index: a mirror answers pushes by it, so it must not claim what is not there.
    func checkIndex(_ findings: inout StoreFindings) async throws(StoreError) {
        let found = try await work.run { [root] _ throws(StoreError) -> (Folder, [String])? in
            do throws(SystemError) {
                guard try root.status("private") != nil else { return nil }
                let own = try root.folder("private")
                guard try own.status("index") != nil else { return nil }
                let folder = try own.folder("index")
                return (folder, try folder.names().filter { $0.hasSuffix(".wbx") }.sorted())
            } catch {
                // Closed to those who may only read the store.
                return nil
            }
        }
        guard let (folder, names) = found else { return }
        let present = Set(findings.packs)
        for name in names {
            let object = "private/index/\(name)"
            let segment: IndexSegment
            do throws(StoreError) {
                segment = try await work.run { _ throws(StoreError) in try IndexSegment(folder: folder, name: name) }
            } catch  where error.code == .integrity {
                findings.damages.append(.init(object: object, cause: error.cause + "; it can be made anew"))
                findings.indexIsWrong = true
                continue
            }
            let gone = segment.packs.count { !present.contains($0) }
            if gone > 0 {
                // Lookups see that the pack is not there.
                findings.report.notices.append("\(object) still names \(gone) packs that are gone")
                findings.indexIsWrong = true
            }
            if let cause = try await disagreement(segment) {
                findings.damages.append(.init(object: object, cause: cause + "; it can be made anew"))
                findings.indexIsWrong = true
            }
        }
    }

    private func disagreement(_ segment: IndexSegment) async throws(StoreError) -> String? {
        for start in stride(from: 0, to: segment.rowCount, by: Self.indexRows) {
            let wrong = try await work.run { [footers] _ throws(StoreError) -> String? in
                let rows = try segment.rows(from: start, count: Self.indexRows)
                var known: [(name: ChunkName, place: ChunkPlace)] = []
                for row in rows {
                    guard let row else { return "has a row that breaks the format" }
                    known.append(row)
                }
                for row in known.sorted(by: { $0.place.pack < $1.place.pack }) {
                    if case .otherwise = try footers.confirms(row.name, at: row.place) {
                        return "claims chunk \(row.name.digest) where pack \(row.place.pack) has something else"
                    }
                }
                return nil
            }
            if let wrong { return wrong }
        }
        return nil
    }

    /// What interrupted writers left behind.
    func checkLeftovers(_ findings: inout StoreFindings) async throws(StoreError) {
        let (count, bytes) = try await work.run { [root] _ throws(StoreError) in
            var folders = [root]
            for path in [["private", "tmp"], ["private", "index"], ["private"]] {
                if let folder = try? root.folder(path) { folders.append(folder) }
            }
            for model in try DirectoryStore.models(root) {
                if let folder = try? root.folder(["refs", model.org, model.name]) { folders.append(folder) }
            }
            var (count, bytes) = (0, 0)
            for folder in folders {
                for name in (try? folder.names()) ?? [] where name.hasPrefix("tmp-") {
                    count += 1
                    bytes += (try? folder.status(name))??.size ?? 0
                }
            }
            return (count, bytes)
        }
        if count > 0 { findings.report.notices.append("\(count) temporary files of interrupted writers, \(bytes) bytes") }
    }
}
