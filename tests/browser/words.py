"""What a person of each language reads on the road: the labels of the outer contract, and a few headings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    language: str
    start: str
    last_name: str
    first_name: str
    email: str
    send: str
    accept: str
    accept_button: str
    new_password: str
    save_password: str
    sign_in: str
    sign_out: str
    login: str
    password: str
    received: str
    terms: str
    done: str
    pdf: str
    json: str
    signed_out: str
    terms_title: str
    company: str
    subject: str
    comments: str
    somebody_else: str
    error: str

    @property
    def person(self) -> tuple[str, str, str]:
        return self.last_name, self.first_name, self.email


EN = Words(
    language="en",
    start="Start analysis",
    last_name="Last name",
    first_name="First name",
    email="E-mail address",
    send="Send",
    accept="I accept the General Terms of Use on behalf of the company",
    accept_button="Accept and confirm",
    new_password="New password",
    save_password="Save password",
    sign_in="Sign in",
    sign_out="Sign out",
    login="B2B login",
    password="Password",
    received="Your request was received",
    terms="Accept the General Terms of Use",
    done="Thank you: it is done",
    pdf="Download the record (PDF)",
    json="Download the record (JSON)",
    signed_out="You are signed out",
    terms_title="General Terms of Use",
    company="Company",
    subject="Subject",
    comments="Comments",
    somebody_else="No, it is somebody else",
    error="Error: ",
)

FR = Words(
    language="fr",
    start="Commencer l'analyse",
    last_name="Nom",
    first_name="Prénom",
    email="Adresse e-mail",
    send="Envoyer",
    accept="J'accepte les conditions générales d'utilisation au nom de la société",
    accept_button="Accepter et confirmer",
    new_password="Nouveau mot de passe",
    save_password="Enregistrer le mot de passe",
    sign_in="Se connecter",
    sign_out="Se déconnecter",
    login="Identifiant B2B",
    password="Mot de passe",
    received="Votre demande est bien reçue",
    terms="Accepter les conditions générales d'utilisation",
    done="Merci : c'est fait",
    pdf="Télécharger le justificatif (PDF)",
    json="Télécharger le justificatif (JSON)",
    signed_out="Vous êtes déconnecté",
    terms_title="Conditions générales d'utilisation",
    company="Société",
    subject="Objet",
    comments="Commentaires",
    somebody_else="Non, c'est une autre personne",
    error="Erreur : ",
)
LANGUAGES = {words.language: words for words in (EN, FR)}
