import Testing
import WaybillTestSupport
import WaybillTransfer

/// How a file is made right, decided from what was found.
@Suite struct MendingTests {
    private static let lengths = [100, 100, 100, 50]
    private static let size = 350

    private func decide(_ place: FileFinding.Place, wrong: [Int]) -> Mending {
        Mending.decide(FileFinding(place: place, wrong: wrong), size: Self.size, lengths: Self.lengths)
    }

    @Test("what is right stays, what is missing is built, what is not ours is refused")
    func plain() {
        #expect(decide(.file(size: 350, links: 1, isUntouched: true), wrong: []) == .none)
        #expect(decide(.file(size: 350, links: 1, isUntouched: false), wrong: []) == .none)
        #expect(decide(.absent, wrong: [0, 1, 2, 3]) == .rebuild(setsAside: false))
        #expect(decide(.blocked("is a folder"), wrong: [0, 1, 2, 3]) == .blocked("is a folder"))
        #expect(decide(.file(size: 0, links: 1, isUntouched: false), wrong: [0, 1, 2, 3]) == .rebuild(setsAside: false))
    }

    @Test("what the disk did is written over, however much of it")
    func damaged() {
        #expect(decide(.file(size: 350, links: 1, isUntouched: true), wrong: [1]) == .inPlace(keeps: false))
        #expect(decide(.file(size: 350, links: 1, isUntouched: true), wrong: [0, 1, 2, 3]) == .inPlace(keeps: false))
    }

    @Test("what somebody wrote is kept: as ranges up to a half, else the whole file")
    func modified() {
        #expect(decide(.file(size: 350, links: 1, isUntouched: false), wrong: [1]) == .inPlace(keeps: true))
        #expect(decide(.file(size: 350, links: 1, isUntouched: false), wrong: [0, 3]) == .inPlace(keeps: true))
        #expect(decide(.file(size: 350, links: 1, isUntouched: false), wrong: [0, 1]) == .rebuild(setsAside: true))
    }

    @Test("a cut or a tail replaces only what is there")
    func lengths() {
        // Cut at 120: of row 1 twenty bytes are there, of rows 2 and 3 none.
        #expect(decide(.file(size: 120, links: 1, isUntouched: false), wrong: [1, 2, 3]) == .inPlace(keeps: true))
        #expect(decide(.file(size: 360, links: 1, isUntouched: false), wrong: []) == .inPlace(keeps: true))
        // More tail than file.
        #expect(decide(.file(size: 800, links: 1, isUntouched: false), wrong: []) == .rebuild(setsAside: true))
    }

    @Test("a file with a second name is not written through")
    func links() {
        #expect(decide(.file(size: 350, links: 2, isUntouched: true), wrong: [1]) == .rebuild(setsAside: false))
        #expect(decide(.file(size: 350, links: 2, isUntouched: false), wrong: [1]) == .rebuild(setsAside: true))
    }

    @Test("nothing that somebody wrote is ever replaced without being kept")
    func never() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<2_000 {
            let lengths = (0..<Int.random(in: 0...8, using: &generator)).map { _ in Int.random(in: 1...100, using: &generator) }
            let size = lengths.reduce(0, +)
            let present = Bool.random(using: &generator) ? size : Int.random(in: 0...900, using: &generator)
            let wrong = lengths.indices.filter { _ in Bool.random(using: &generator) }
            let links = Int.random(in: 1...2, using: &generator)
            let finding = FileFinding(place: .file(size: present, links: links, isUntouched: false), wrong: wrong)
            switch Mending.decide(finding, size: size, lengths: lengths) {
            case .none: #expect(wrong.isEmpty && present == size)
            case .blocked: Issue.record("nothing stood in the way")
            case .inPlace(let keeps): #expect(keeps && links == 1)
            case .rebuild(let setsAside): #expect(setsAside || present == 0)
            }
        }
    }
}
