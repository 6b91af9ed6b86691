//! What a verdict means, and what to do about it, in words for the owner of the house.

use super::{Breaks, Verdict};
use crate::language::Language::{self, Dutch, English};
use std::borrow::Cow;

impl Verdict {
    /// One of each kind.
    pub const ALL: [Self; 13] = [
        Self::Waiting,
        Self::Receiving,
        Self::Encrypted,
        Self::Silent { ever: false },
        Self::Break,
        Self::Inverted,
        Self::WrongSpeed { sent: None },
        Self::Noise { percent: 100, at: Breaks::Unknown },
        Self::Overruns,
        Self::OtherMeter,
        Self::Rubbish,
        Self::Missing,
        Self::InUse,
    ];

    /// Its kind's name, as the report has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Receiving => "receiving",
            Self::Encrypted => "encrypted",
            Self::Silent { .. } => "silent",
            Self::Break => "break",
            Self::Inverted => "inverted",
            Self::WrongSpeed { .. } => "wrong-speed",
            Self::Noise { .. } => "noise",
            Self::Overruns => "overruns",
            Self::OtherMeter => "other-meter",
            Self::Rubbish => "rubbish",
            Self::Missing => "missing",
            Self::InUse => "in-use",
        }
    }

    /// What it is, in one sentence.
    #[must_use]
    pub fn sentence(&self, language: Language) -> Cow<'static, str> {
        let plain = match (self, language) {
            (Self::WrongSpeed { sent: Some(sent) }, English) => {
                return format!("The meter sends at another speed: {sent} baud.").into();
            }
            (Self::WrongSpeed { sent: Some(sent) }, Dutch) => {
                return format!("De meter zendt met een andere snelheid: {sent} baud.").into();
            }
            (Self::Noise { percent, at }, _) => return noise(*percent, *at, language).into(),
            (_, English) => self.in_english().0,
            (_, Dutch) => self.in_dutch().0,
        };
        plain.into()
    }

    /// What to do about it; empty where nothing has to be done.
    #[must_use]
    pub fn advice(&self, language: Language) -> Cow<'static, str> {
        match (self, language) {
            (Self::WrongSpeed { sent: Some(sent) }, English) => {
                format!("Set `baud = {sent}` in [serial] of p1-tcp.toml, or `baud = \"auto\"`.")
                    .into()
            }
            (Self::WrongSpeed { sent: Some(sent) }, Dutch) => {
                format!("Zet `baud = {sent}` onder [serial] in p1-tcp.toml, of `baud = \"auto\"`.")
                    .into()
            }
            (_, English) => self.in_english().1.into(),
            (_, Dutch) => self.in_dutch().1.into(),
        }
    }

    /// What it is and what to do about it.
    fn in_english(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("The port is being watched; it is too early to tell.", ""),
            Self::Receiving => ("Telegrams arrive.", ""),
            Self::Encrypted => (
                "Encrypted telegrams arrive.",
                "The bridge passes them on as they are. Ask the grid operator for the meter's key \
                 and enter it in the program that reads them.",
            ),
            Self::Silent { ever: false } => (
                "Nothing has arrived from the meter since the port was opened.",
                "Check that the cable is in the meter's P1 port and that pin 2 (Data Request) \
                 gets 5 V: without it the meter sends nothing. In Belgium the port is closed \
                 until you ask the grid operator to open it. On a Raspberry Pi check that the \
                 data line is at GPIO15 (header pin 10).",
            ),
            Self::Silent { ever: true } => (
                "The meter has stopped sending.",
                "Check the plug at both ends, and that pin 2 (Data Request) still gets 5 V. In \
                 Belgium the grid operator may have closed the port again; ask for it to be \
                 opened.",
            ),
            Self::Break => (
                "The data line is held low and nothing is sent.",
                "Check that the cable is in the meter's P1 port and that pin 2 (Data Request) \
                 gets 5 V: behind a transistor, a line that nobody drives is low. Check the \
                 pull-up: the meter's pin 5 needs 1 kΩ to 3.3 V (at least 680 Ω), and behind a \
                 transistor its collector needs one, too. Check that pin 5 touches \
                 neither pin 3 nor pin 6 (ground). Where the line rests low by itself, it lacks \
                 an inverter or has one too many.",
            ),
            Self::Inverted => (
                "The signal is upside down.",
                "Put an inverter between the meter and the bridge (a transistor, or a cable with \
                 one inside); where there is one already, take it out. docs/wiring.md shows how.",
            ),
            Self::WrongSpeed { .. } => (
                "The meter sends at another speed than the port is set to.",
                "Set `baud = \"auto\"` in [serial] of p1-tcp.toml. Meters of DSMR 2 and 3 send at \
                 9600 with `framing = \"7E1\"`, newer ones at 115200 with `framing = \"8N1\"`.",
            ),
            Self::Noise { .. } => (
                "Telegrams arrive broken.",
                "Shorten the cable, keep it away from mains wiring and power supplies, and check \
                 that its plugs sit tight. Check the pull-up: 1 kΩ from pin 5 to 3.3 V (at least \
                 680 Ω); a larger one makes the signal too slow.",
            ),
            Self::Overruns => (
                "The machine does not fetch in time what the port receives, and bytes are lost.",
                "End programs that keep the machine busy. On a Raspberry Pi use the full UART \
                 (/dev/ttyAMA0) and not the mini UART, and a power supply that is strong enough.",
            ),
            Self::OtherMeter => (
                "The meter sends HDLC frames and no P1 telegrams.",
                "Ask the grid operator whether the port can be set to P1 telegrams (ASCII). \
                 `mode = \"raw\"` in [telegram] of p1-tcp.toml passes the frames on as they come.",
            ),
            Self::Rubbish => (
                "Bytes arrive that are neither a telegram nor anything else that is known.",
                "Check that the cable is in the meter's P1 port, and the wiring: pin 5 to the \
                 data input, pins 3 and 6 to ground, 1 kΩ from pin 5 to 3.3 V. Set \
                 `baud = \"auto\"` in [serial] of p1-tcp.toml.",
            ),
            Self::Missing => (
                "The serial port is not there.",
                "Plug the adapter in, or name the port that is there as `device` in [serial] of \
                 p1-tcp.toml.",
            ),
            Self::InUse => (
                "Another program has the serial port.",
                "End that program, or turn it off; only one can read the meter, and the bridge \
                 then serves it to all others.",
            ),
        }
    }

    /// The same in Dutch.
    fn in_dutch(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("De poort wordt bekeken; het is nog te vroeg voor een oordeel.", ""),
            Self::Receiving => ("Er komen telegrammen binnen.", ""),
            Self::Encrypted => (
                "Er komen versleutelde telegrammen binnen.",
                "De bridge geeft ze door zoals ze zijn. Vraag de netbeheerder om de sleutel van \
                 de meter en vul die in bij het programma dat ze leest.",
            ),
            Self::Silent { ever: false } => (
                "Sinds de poort is geopend, is er niets van de meter binnengekomen.",
                "Controleer of de kabel in de P1-poort van de meter zit en of pin 2 (Data \
                 Request) 5 V krijgt: zonder die spanning zendt de meter niets. In België is de \
                 poort dicht tot u de netbeheerder vraagt hem te openen. Controleer op een \
                 Raspberry Pi of de datalijn op GPIO15 (pin 10 van de header) zit.",
            ),
            Self::Silent { ever: true } => (
                "De meter zendt niet meer.",
                "Controleer de stekkers aan beide kanten, en of pin 2 (Data Request) nog 5 V \
                 krijgt. In België kan de netbeheerder de poort weer hebben gesloten; vraag dan \
                 om hem te openen.",
            ),
            Self::Break => (
                "De datalijn blijft laag en er wordt niets gezonden.",
                "Controleer of de kabel in de P1-poort van de meter zit en of pin 2 (Data \
                 Request) 5 V krijgt: achter een transistor is een lijn die niemand aanstuurt \
                 laag. Controleer de pull-up: pin 5 van de meter heeft 1 kΩ naar 3,3 V nodig \
                 (minstens 680 Ω), en achter een transistor heeft ook de collector er een nodig. \
                 Controleer of pin 5 geen contact maakt met pin 3 of 6 (massa). Is de lijn in \
                 rust vanzelf laag, dan ontbreekt er een inverter of is er een te veel.",
            ),
            Self::Inverted => (
                "Het signaal staat op zijn kop.",
                "Zet een inverter tussen de meter en de bridge (een transistor, of een kabel met \
                 ingebouwde inverter); zit er al een, haal die er dan uit. docs/wiring.md laat \
                 zien hoe.",
            ),
            Self::WrongSpeed { .. } => (
                "De meter zendt met een andere snelheid dan waarop de poort staat.",
                "Zet `baud = \"auto\"` onder [serial] in p1-tcp.toml. Meters met DSMR 2 en 3 \
                 zenden op 9600 met `framing = \"7E1\"`, nieuwere op 115200 met \
                 `framing = \"8N1\"`.",
            ),
            Self::Noise { .. } => (
                "Er komen beschadigde telegrammen binnen.",
                "Maak de kabel korter, houd hem weg van stroomkabels en voedingen en controleer \
                 of de stekkers goed vastzitten. Controleer de pull-up: 1 kΩ van pin 5 naar \
                 3,3 V (minstens 680 Ω); een grotere maakt het signaal te traag.",
            ),
            Self::Overruns => (
                "De computer haalt niet op tijd op wat de poort ontvangt, en er gaan bytes \
                 verloren.",
                "Sluit programma's die de computer bezighouden. Gebruik op een Raspberry Pi de \
                 volwaardige UART (/dev/ttyAMA0) en niet de mini-UART, en een voeding die sterk \
                 genoeg is.",
            ),
            Self::OtherMeter => (
                "De meter zendt HDLC-frames en geen P1-telegrammen.",
                "Vraag de netbeheerder of de poort op P1-telegrammen (ASCII) kan worden gezet. \
                 `mode = \"raw\"` onder [telegram] in p1-tcp.toml geeft de frames door zoals ze \
                 komen.",
            ),
            Self::Rubbish => (
                "Er komen bytes binnen die geen telegram zijn en ook niets anders bekends.",
                "Controleer of de kabel in de P1-poort van de meter zit, en de bedrading: pin 5 \
                 naar de data-ingang, pin 3 en 6 naar massa, 1 kΩ van pin 5 naar 3,3 V. Zet \
                 `baud = \"auto\"` onder [serial] in p1-tcp.toml.",
            ),
            Self::Missing => (
                "De seriële poort is er niet.",
                "Steek de adapter in de computer, of noem de poort die er wel is als `device` \
                 onder [serial] in p1-tcp.toml.",
            ),
            Self::InUse => (
                "Een ander programma gebruikt de seriële poort.",
                "Sluit dat programma af of zet het uit; er kan er maar een de meter lezen, en de \
                 bridge geeft die dan aan alle andere door.",
            ),
        }
    }
}

fn noise(percent: u8, at: Breaks, language: Language) -> String {
    match language {
        English => {
            let at = match at {
                Breaks::Length => "; bytes are missing or there are too many",
                Breaks::Content => "; bytes arrive changed",
                Breaks::Unknown => "",
            };
            format!("Of a hundred telegrams {percent} arrive broken{at}.")
        }
        Dutch => {
            let at = match at {
                Breaks::Length => "; er ontbreken bytes of er zijn er te veel",
                Breaks::Content => "; bytes komen veranderd aan",
                Breaks::Unknown => "",
            };
            format!("Van de honderd telegrammen komen er {percent} beschadigd aan{at}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_report() {
        for verdict in Verdict::ALL {
            let written = serde_json::to_string(&verdict).expect("JSON");
            let name = format!("\"verdict\":\"{}\"", verdict.name());
            assert!(written.contains(&name), "{written}");
        }
    }

    #[test]
    fn each_has_a_sentence_of_its_own_and_advice_where_something_is_wrong() {
        for language in [English, Dutch] {
            for (index, verdict) in Verdict::ALL.iter().enumerate() {
                let sentence = verdict.sentence(language);
                assert!(sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
                let others = &Verdict::ALL[..index];
                assert!(others.iter().all(|other| other.sentence(language) != sentence));
                let well = matches!(verdict, Verdict::Waiting | Verdict::Receiving);
                let advice = verdict.advice(language);
                assert_eq!(advice.is_empty(), well, "{sentence}");
                assert!(well || advice.ends_with('.') && !advice.contains("  "), "{advice}");
            }
        }
    }

    #[test]
    fn figures_are_told() {
        let noise = Verdict::Noise { percent: 34, at: Breaks::Content };
        let speed = Verdict::WrongSpeed { sent: Some(9600) };
        for language in [English, Dutch] {
            assert!(noise.sentence(language).contains("34"));
            assert!(speed.sentence(language).contains("9600"));
            assert!(speed.advice(language).contains("`baud = 9600`"));
        }
    }
}
