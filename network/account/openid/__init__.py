"""Signing in with one's organisation's own account (OpenID Connect, Microsoft Entra ID).

Who somebody is follows from issuer, tenant and object id alone, and those are tied to a person by that
person: on the page of their invitation, or signed in and asked anew. No claim of an e-mail address ever is.
"""
