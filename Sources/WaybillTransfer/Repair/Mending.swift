import WaybillFormat

/// What an examination found where a file of the revision belongs.
package struct FileFinding: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
        case absent
        /// - links: names that the file has in the file system.
        /// - isUntouched: nobody wrote to it since it was last known to be right: what is wrong, the disk did.
        case file(size: Int, links: Int, isUntouched: Bool)
        /// Something stands there, or on the way, that is not ours to replace.
        case blocked(String)
    }

    package let place: Place
    /// Rows of the file whose bytes are not their chunk's, ascending; all of them if there is no file.
    package let wrong: [Int]

    package init(place: Place, wrong: [Int]) {
        self.place = place
        self.wrong = wrong
    }
}

/// How a file is made right. Pure.
package enum Mending: Sendable, Equatable {
    /// It is right.
    case none
    case blocked(String)
    /// Wrong ranges are written over; with `keeps`, what they replace is kept first.
    case inPlace(keeps: Bool)
    /// A new file is built and renamed into place; with `setsAside`, the old one is moved out of the way, whole.
    case rebuild(setsAside: Bool)

    /// - Parameters:
    ///   - size: the bytes that the file should have.
    ///   - lengths: the bytes of each of its rows.
    package static func decide(_ finding: FileFinding, size: Int, lengths: [Int]) -> Mending {
        switch finding.place {
        case .absent: return .rebuild(setsAside: false)
        case .blocked(let cause): return .blocked(cause)
        case .file(let present, let links, let isUntouched):
            if finding.wrong.isEmpty, present == size { return .none }
            if present == 0 { return .rebuild(setsAside: false) }
            // Writing through a second name would change a file that nobody asked us to touch.
            if links > 1 { return .rebuild(setsAside: !isUntouched) }
            if isUntouched { return .inPlace(keeps: false) }
            return replaced(finding.wrong, present: present, size: size, lengths: lengths) * 2 > present
                ? .rebuild(setsAside: true) : .inPlace(keeps: true)
        }
    }

    /// Bytes of the present file that mending in place would write over or cut off.
    static func replaced(_ wrong: [Int], present: Int, size: Int, lengths: [Int]) -> Int {
        var bytes = max(0, present - size)
        var offset = 0
        var next = wrong.makeIterator()
        var row = next.next()
        for (index, length) in lengths.enumerated() {
            if index == row {
                bytes += max(0, min(offset + length, present) - offset)
                row = next.next()
            }
            offset += length
        }
        return bytes
    }
}
