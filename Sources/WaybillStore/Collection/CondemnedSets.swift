import Synchronization
import WaybillFormat
import WaybillSystem

/// What the condemned sets of a store name at this moment: writers treat it as absent. Every process sees a new set at its next
/// question, since the folder is read each time; sets themselves never change and are read once.
package final class CondemnedSets: Sendable {
    /// All sets together.
    struct View: Sendable {
        /// Grows when a set comes or goes.
        var generation = 0
        var names: Set<PushName> = []
        var packs: Set<Digest> = []
        /// Manifests and lists.
        var objects: Set<Digest> = []
    }

    static let folderName = "gc"
    static let waitsSuffix = ".waits"

    private let root: Folder
    private let view = Mutex(View())

    package init(root: Folder) { self.root = root }

    /// Blocks.
    func current() throws(StoreError) -> View {
        let names = try Self.names(root)
        return view.withLock { view in
            guard names != view.names else { return view }
            var fresh = View(generation: view.generation + 1, names: names)
            for name in names {
                // One that cannot be read stops nobody: nothing is deleted on its account either.
                guard let set = try? Self.read(root, name) else { continue }
                fresh.packs.formUnion(set.packs)
                fresh.objects.formUnion(set.manifests)
                fresh.objects.formUnion(set.lists)
            }
            view = fresh
            return fresh
        }
    }

    static func names(_ root: Folder) throws(StoreError) -> Set<PushName> {
        do throws(SystemError) {
            return Set(try root.folder(folderName).names().compactMap { PushName($0) })
        } catch  where error.code == .notFound {
            return []
        } catch {
            throw StoreError(error)
        }
    }

    /// A set; nil if it is gone.
    /// - Throws: `.integrity` if it is damaged.
    static func read(_ root: Folder, _ name: PushName) throws(StoreError) -> CondemnedSet? {
        let file: OwnedFile
        let bytes: [UInt8]
        do throws(SystemError) {
            file = try root.folder(folderName).file(name.text, .read)
            bytes = try file.read(at: 0, count: min(try file.status().size, CondemnedSet.maximumBytes + 1))
        } catch  where error.code == .notFound {
            return nil
        } catch {
            throw StoreError(error)
        }
        return try parsing { () throws(FormatError) in try CondemnedSet(decoding: bytes, subject: file.path) }
    }
}
