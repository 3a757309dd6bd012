import Synchronization
import WaybillTransfer

/// Standard error: messages and progress, one writer, so that a bar and a message never mix.
package final class StatusStream: Sendable {
    /// How progress is shown.
    package enum Style: Sendable, Equatable { case bar, plain, json, none }

    private struct State {
        var style: Style
        var rate = RateEstimator()
        var last: TransferProgress?
        var lastWasShown = false
        /// Seconds at which the next progress may be shown.
        var due: Double
        var barIsShown = false
        var isClosed = false
    }

    private let console: Console
    private let command: String
    private let started: UInt64
    private let state: Mutex<State>

    package init(_ console: Console, style: Style, command: String) {
        self.console = console
        self.command = command
        started = console.now()
        // A quick command shows no plain line at all.
        state = Mutex(State(style: style, due: style == .plain ? 2 : 0))
    }

    private var seconds: Double { Double(console.now() - started) / 1e9 }

    /// Called often, from any thread; shows little of it.
    package func update(_ progress: TransferProgress) {
        let seconds = seconds
        state.withLock { state in
            guard state.style != .none, !state.isClosed else { return }
            if let last = state.last, last.phase != progress.phase {
                finishPhase(last, seconds, state)
                state.rate.reset()
                if state.style != .plain { state.due = 0 }
            }
            state.last = progress
            state.lastWasShown = seconds >= state.due
            guard state.lastWasShown else { return }
            state.rate.add(bytes: progress.bytesDone, at: seconds)
            show(progress, seconds, &state)
        }
    }

    private func show(_ progress: TransferProgress, _ seconds: Double, _ state: inout State) {
        switch state.style {
        case .bar:
            let line = ProgressLine.bar(progress, rate: state.rate.bytesPerSecond, columns: console.errorColumns() ?? 80)
            console.writeError("\r\(line)\u{1b}[K")
            state.barIsShown = true
            state.due = seconds + 0.1
        case .plain:
            console.writeError("\(command): \(ProgressLine.plain(progress, rate: state.rate.bytesPerSecond))\n")
            state.due = seconds + 5
        case .json:
            console.writeError(ProgressLine.json(progress, command: command, seconds: seconds) + "\n")
            state.due = seconds + 0.5
        case .none: break
        }
    }

    /// A line beside the progress.
    /// - Parameter level: `notice`, `warning` or `error`.
    package func message(_ text: TerminalText, level: String) {
        state.withLock { state in
            clear(&state)
            if state.style == .json {
                let value = OutputValue.object([
                    "command": .string(command), "event": "message", "level": .string(level), "schema": 1,
                    "text": .string(text.description),
                ])
                console.writeError(value.json + "\n")
            } else {
                console.writeError(text.description + "\n")
            }
        }
    }

    /// Ends the progress: the last count is told in JSON, a bar goes away.
    package func close() {
        let seconds = seconds
        state.withLock { state in
            guard !state.isClosed else { return }
            if let last = state.last { finishPhase(last, seconds, state) }
            clear(&state)
            state.isClosed = true
        }
    }

    private func finishPhase(_ last: TransferProgress, _ seconds: Double, _ state: State) {
        guard state.style == .json, !state.lastWasShown else { return }
        console.writeError(ProgressLine.json(last, command: command, seconds: seconds) + "\n")
    }

    private func clear(_ state: inout State) {
        guard state.barIsShown else { return }
        console.writeError("\r\u{1b}[K")
        state.barIsShown = false
    }
}
